/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/shared/install/install.test.ts > TAP > with the real crontab > install invariant 4: a dry run tells and changes nothing > must match snapshot 1`] = `
would write the lines of the sender into the crontab of USER

# fleetkeep-sender begin
@reboot exec '/opt/node/bin/node' --lite-mode --single-threaded --max-semi-space-size=1 --no-compilation-cache --compact-on-every-full-gc --use-openssl-ca '/opt/flëetkeep/sender/cli.ts' start --if-not-running --quiet --config '/etc/fleetkeep/config.json' >/dev/null 2>&1
*/5 * * * * exec '/opt/node/bin/node' --lite-mode --single-threaded --max-semi-space-size=1 --no-compilation-cache --compact-on-every-full-gc --use-openssl-ca '/opt/flëetkeep/sender/cli.ts' start --if-not-running --quiet --config '/etc/fleetkeep/config.json' >/dev/null 2>&1
# fleetkeep-sender end

cron starts the sender within five minutes; \`fleetkeep-sender start\` starts it now.

`
