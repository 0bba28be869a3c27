/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/shared/install/launchd-plist.test.ts > TAP > launchdPlist() is a property list > must match snapshot 1`] = `
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>fleetkeep-sender</string>
  <key>ProgramArguments</key>
  <array>
    <string>/opt/node/bin/node</string>
    <string>--lite-mode</string>
    <string>--single-threaded</string>
    <string>--max-semi-space-size=1</string>
    <string>--no-compilation-cache</string>
    <string>--compact-on-every-full-gc</string>
    <string>--use-openssl-ca</string>
    <string>/opt/fleetkeep/sender/cli.ts</string>
    <string>start</string>
    <string>--quiet</string>
    <string>--config</string>
    <string>/etc/fleetkeep/config.json</string>
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>20</integer>
  <key>StandardOutPath</key>
  <string>/dev/null</string>
  <key>StandardErrorPath</key>
  <string>/dev/null</string>
</dict>
</plist>

`
