/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/shared/install/systemd-unit.test.ts > TAP > systemdUnit() for a user leaves out what needs privileges > must match snapshot 1`] = `
[Unit]
Description=Fleetkeep sender: samples this machine and sends its log to the receiver
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart="/opt/node/bin/node" --lite-mode --single-threaded --max-semi-space-size=1 --no-compilation-cache --compact-on-every-full-gc --use-openssl-ca "/opt/fleetkeep/sender/cli.ts" start --config "/etc/fleetkeep/config.json"
Restart=always
RestartSec=5
TimeoutStartSec=15min
TimeoutStopSec=20
WatchdogSec=5min
WatchdogSignal=SIGTERM
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=default.target

`

exports[`test/shared/install/systemd-unit.test.ts > TAP > systemdUnit() for the machine is hardened and waits for the network > must match snapshot 1`] = `
[Unit]
Description=Fleetkeep sender: samples this machine and sends its log to the receiver
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart="/opt/node/bin/node" --lite-mode --single-threaded --max-semi-space-size=1 --no-compilation-cache --compact-on-every-full-gc --use-openssl-ca "/opt/fleetkeep/sender/cli.ts" start --config "/etc/fleetkeep/config.json"
Restart=always
RestartSec=5
TimeoutStartSec=15min
TimeoutStopSec=20
WatchdogSec=5min
WatchdogSignal=SIGTERM
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
ProtectSystem=strict
ProtectHome=read-only
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectHostname=yes
ReadWritePaths="/var/lib/fleetkeep"

[Install]
WantedBy=multi-user.target

`
