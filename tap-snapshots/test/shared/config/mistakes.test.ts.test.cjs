/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: channel-called-mail.json is refused, in words > channel-called-mail.json 1`] = `
channel-called-mail.json: alerts.channels.mail has a name that is not allowed; it must be a name of 1 to 32 of a-z, 0-9 and -, other than "mail"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: channel-file-missing.json is refused, in words > channel-file-missing.json 1`] = `
channel-file-missing.json: alerts.channels.team.url_file is "no-such-file", which cannot be read: there is no such file
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: channel-key-misspelt.json is refused, in words > channel-key-misspelt.json 1`] = `
channel-key-misspelt.json: unknown key "alerts.channels.pager.urll"; did you mean "alerts.channels.pager.url"?
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: channel-kind-unknown.json is refused, in words > channel-kind-unknown.json 1`] = `
channel-kind-unknown.json: alerts.channels.pager.kind is "telegram", but must be "webhook", "ntfy", "slack", "mattermost" or "discord"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: channel-severity-wrong.json is refused, in words > channel-severity-wrong.json 1`] = `
channel-severity-wrong.json: alerts.channels.phone.severities[0] is "critcal", but must be "critical", "warning" or "info"
channel-severity-wrong.json: alerts.channels.phone.nodes is [], but must be a list of one or more, each the name of a node, or a pattern such as "web-*"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: channel-topic-missing.json is refused, in words > channel-topic-missing.json 1`] = `
channel-topic-missing.json: alerts.channels.phone.url names a server and no topic; ntfy needs both, such as "https://ntfy.sh/TOPIC"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: channel-url-wrong.json is refused, in words > channel-url-wrong.json 1`] = `
channel-url-wrong.json: alerts.channels.team.url (its value is not shown) must be a URL that begins with https:// or http://
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: channel-with-two-secrets.json is refused, in words > channel-with-two-secrets.json 1`] = `
channel-with-two-secrets.json: alerts.channels.hook.secret and alerts.channels.hook.secret_file are both given; only one of them may be
channel-with-two-secrets.json: alerts.channels.team.token is given, but a channel of kind "slack" has no use for it
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: channel-without-url.json is refused, in words > channel-without-url.json 1`] = `
channel-without-url.json: alerts.channels.pager.url is missing; a channel needs it, or url_file
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: directories-the-same.json is refused, in words > directories-the-same.json 1`] = `
directories-the-same.json: sender.data_directory is "data", as is receiver.data_directory; each needs its own
directories-the-same.json: to_directory is "data/mirror", but must lie outside of receiver.data_directory, and the other way round
directories-the-same.json: to_directory is "data/mirror", but must lie outside of sender.data_directory, and the other way round
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: directories-within-each-other.json is refused, in words > directories-within-each-other.json 1`] = `
directories-within-each-other.json: to_directory is "data/receiver/mirror", but must lie outside of receiver.data_directory, and the other way round
directories-within-each-other.json: to_directory is "data/receiver/mirror", but must lie outside of sender.data_directory, and the other way round
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: directory-empty.json is refused, in words > directory-empty.json 1`] = `
directory-empty.json: to_directory is "", but must be the path of a directory
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: host-empty.json is refused, in words > host-empty.json 1`] = `
host-empty.json: host is "", but must be a host name or address without port, such as "receiver.lan", "192.168.1.10" or "::1"
host-empty.json: receiver.listen_address is " ", but must be a host name or address without port, such as "receiver.lan", "192.168.1.10" or "::1"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: host-with-port.json is refused, in words > host-with-port.json 1`] = `
host-with-port.json: host is "192.168.1.10:4280", but must be a host name or address without port, such as "receiver.lan", "192.168.1.10" or "::1"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: host-with-scheme.json is refused, in words > host-with-scheme.json 1`] = `
host-with-scheme.json: host is "tcp://receiver.lan", but must be a host name or address without port, such as "receiver.lan", "192.168.1.10" or "::1"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-backslash.json is refused, in words > json-backslash.json 1`] = `
json-backslash.json:1:19: not JSON: this text in quotes has no end in its line, or a \\ that means nothing (a backslash is written \\\\)
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-comma-before-brace.json is refused, in words > json-comma-before-brace.json 1`] = `
json-comma-before-brace.json:3:1: not JSON: there is a comma before }
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-comma-missing.json is refused, in words > json-comma-missing.json 1`] = `
json-comma-missing.json:3:3: not JSON: "port" stands where "," or "}" is expected
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-comment.json is refused, in words > json-comment.json 1`] = `
json-comment.json:2:3: not JSON: JSON has no comments
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-cut-off.json is refused, in words > json-cut-off.json 1`] = `
json-cut-off.json:2:1: not JSON: the file ends where "," or "}" is expected
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-empty.json is refused, in words > json-empty.json 1`] = `
json-empty.json:1:1: not JSON: the file ends where a value is expected
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-key-twice.json is refused, in words > json-key-twice.json 1`] = `
json-key-twice.json:4:3: not JSON: the key "host" stands twice
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-key-without-quotes.json is refused, in words > json-key-without-quotes.json 1`] = `
json-key-without-quotes.json:1:3: not JSON: "host" stands where a key in double quotes is expected
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-list.json is refused, in words > json-list.json 1`] = `
json-list.json: must be an object, { … }
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-number.json is refused, in words > json-number.json 1`] = `
json-number.json:1:16: not JSON: ".5" stands where a value is expected
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-single-quotes.json is refused, in words > json-single-quotes.json 1`] = `
json-single-quotes.json:1:3: not JSON: JSON has double quotes only
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-text-not-closed.json is refused, in words > json-text-not-closed.json 1`] = `
json-text-not-closed.json:2:11: not JSON: this text in quotes has no end in its line, or a \\ that means nothing (a backslash is written \\\\)
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: json-two-values.json is refused, in words > json-two-values.json 1`] = `
json-two-values.json:1:4: not JSON: "{" stands where nothing more is expected
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: list-for-a-section.json is refused, in words > list-for-a-section.json 1`] = `
list-for-a-section.json: sender (its value is not shown) must be an object with data_directory, node_name, join_code, receivers, sleeptime, sync_seconds, top_processes_seconds, inventory_seconds, receiver_lost_after_seconds or retention
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: mail-address-after-comma-missing.json is refused, in words > mail-address-after-comma-missing.json 1`] = `
mail-address-after-comma-missing.json: to_addr is "ann@example.org, ", but must be one or more mail addresses separated by commas, such as "ann@example.org, bob@example.org"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: mail-address-with-a-header.json is refused, in words > mail-address-with-a-header.json 1`] = `
mail-address-with-a-header.json: to_addr is "ann@example.org\\nBcc: eve@example.org", but must be one or more mail addresses separated by commas, such as "ann@example.org, bob@example.org"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: mail-address-without-host.json is refused, in words > mail-address-without-host.json 1`] = `
mail-address-without-host.json: to_addr is "ann", but must be one or more mail addresses separated by commas, such as "ann@example.org, bob@example.org"
mail-address-without-host.json: mail.from is "Fleetkeep", but must be a mail address, such as "ann@example.org" or "Ann <ann@example.org>"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: node-name-wrong.json is refused, in words > node-name-wrong.json 1`] = `
node-name-wrong.json: sender.node_name is "Küche", but must be 1 to 63 of a-z, 0-9 and -, not beginning with -
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: number-in-quotes.json is refused, in words > number-in-quotes.json 1`] = `
number-in-quotes.json: sleeptime is "1", but must be a number of seconds from 0.1 to 3600
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: number-out-of-limits.json is refused, in words > number-out-of-limits.json 1`] = `
number-out-of-limits.json: number_of_nodes is 0, but must be a whole number from 1 to 100000
number-out-of-limits.json: port is 65536, but must be a whole number from 0 to 65535
number-out-of-limits.json: sleeptime is 0.01, but must be a number of seconds from 0.1 to 3600
number-out-of-limits.json: receiver.workers is 65, but must be a whole number from 0 to 64
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: number-with-a-fraction.json is refused, in words > number-with-a-fraction.json 1`] = `
number-with-a-fraction.json: number_of_nodes is 2.5, but must be a whole number from 1 to 100000
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: quiet-hours-without-end.json is refused, in words > quiet-hours-without-end.json 1`] = `
quiet-hours-without-end.json: alerts.quiet_hours.to is missing; quiet hours need a beginning and an end
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: receivers-none.json is refused, in words > receivers-none.json 1`] = `
receivers-none.json: sender.receivers is [], but must be a list of one or more, each "host", "host:port" or "[IPv6]:port"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: receivers-not-a-list.json is refused, in words > receivers-not-a-list.json 1`] = `
receivers-not-a-list.json: sender.receivers is "receiver.lan", but must be a list of one or more, each "host", "host:port" or "[IPv6]:port"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: receivers-wrong.json is refused, in words > receivers-wrong.json 1`] = `
receivers-wrong.json: sender.receivers[1] is "receiver.lan:http", but must be "host", "host:port" or "[IPv6]:port"
receivers-wrong.json: sender.receivers[2] is "[::1]:0", but must be "host", "host:port" or "[IPv6]:port"
receivers-wrong.json: sender.receivers[3] is "::1:x", but must be "host", "host:port" or "[IPv6]:port"
receivers-wrong.json: sender.receivers[4] is 7, but must be "host", "host:port" or "[IPv6]:port"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: retention-less-than-a-segment.json is refused, in words > retention-less-than-a-segment.json 1`] = `
retention-less-than-a-segment.json: sender.retention.bytes is 32 MiB, but must be no less than log.segment_bytes, 64 MiB
retention-less-than-a-segment.json: mirror.retention.bytes is 1 MiB, but must be no less than log.segment_bytes, 64 MiB
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: schedule-in-words.json is refused, in words > schedule-in-words.json 1`] = `
schedule-in-words.json: mirror.schedule is "every hour", but must be a cron expression of five fields (minute, hour, day, month, weekday), such as "0 * * * *", or "@daily"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: schedule-out-of-range.json is refused, in words > schedule-out-of-range.json 1`] = `
schedule-out-of-range.json: mirror.schedule is "61 * * * *", but must be a cron expression of five fields (minute, hour, day, month, weekday), such as "0 * * * *", or "@daily"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: schedule-with-seconds.json is refused, in words > schedule-with-seconds.json 1`] = `
schedule-with-seconds.json: mirror.schedule is "0 0 * * * *", but must be a cron expression of five fields (minute, hour, day, month, weekday), such as "0 * * * *", or "@daily"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: several.json is refused, in words > several.json 1`] = `
several.json: port is "x", but must be a whole number from 0 to 65535
several.json: log_level is "", but must be "debug", "info", "warn", "error" or "silent"
several.json: receiver.commit_seconds is 11, but must be a number of seconds from 0 to 10
several.json: unknown key "sleeptme"; did you mean "sleeptime"?
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: size-in-decimal-units.json is refused, in words > size-in-decimal-units.json 1`] = `
size-in-decimal-units.json: log.segment_bytes is "64 MB", but must be 64 KiB to 1 GiB, as a number of bytes or text such as "64 MiB"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: size-not-whole.json is refused, in words > size-not-whole.json 1`] = `
size-not-whole.json: log.segment_bytes is "100.0001 KiB", but must be 64 KiB to 1 GiB, as a number of bytes or text such as "64 MiB"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: size-too-small.json is refused, in words > size-too-small.json 1`] = `
size-too-small.json: log.segment_bytes is 1024, but must be 64 KiB to 1 GiB, as a number of bytes or text such as "64 MiB"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-as-address.json is refused, in words > smtp-as-address.json 1`] = `
smtp-as-address.json: mail.smtp (its value is not shown) must be an object with host, port, name, user, password, password_file, tls or ca_file or a list of up to ten such objects
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-ca-without-tls.json is refused, in words > smtp-ca-without-tls.json 1`] = `
smtp-ca-without-tls.json: mail.smtp.ca_file is given, but mail.smtp.tls is "none": there is nothing to trust
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-list-empty.json is refused, in words > smtp-list-empty.json 1`] = `
smtp-list-empty.json: mail.smtp (its value is not shown) must be an object with host, port, name, user, password, password_file, tls or ca_file or a list of up to ten such objects
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-list-with-mistakes.json is refused, in words > smtp-list-with-mistakes.json 1`] = `
smtp-list-with-mistakes.json: mail.smtp[1].user is "ann", but neither mail.smtp[1].password nor mail.smtp[1].password_file is given
smtp-list-with-mistakes.json: mail.smtp[2].tls is "starttls", but must be "implicit" on port 465, where nothing is said before encryption
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-list-wrong-value.json is refused, in words > smtp-list-wrong-value.json 1`] = `
smtp-list-wrong-value.json: unknown key "mail.smtp[0].prot"; allowed there: host, port, name, user, password, password_file, tls or ca_file
smtp-list-wrong-value.json: mail.smtp[1].host is missing; it must be a host name or address without port, such as "receiver.lan", "192.168.1.10" or "::1"
smtp-list-wrong-value.json: mail.smtp[1].port is "x", but must be a whole number from 1 to 65535
smtp-list-wrong-value.json: mail.smtp[1].password (its value is not shown) must be text in quotes, not empty
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-password-file-empty.json is refused, in words > smtp-password-file-empty.json 1`] = `
smtp-password-file-empty.json: mail.smtp.password_file is "empty-password", but must hold a password; it is empty
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-password-file-missing.json is refused, in words > smtp-password-file-missing.json 1`] = `
smtp-password-file-missing.json: mail.smtp.password_file is "missing", which cannot be read: there is no such file
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-password-not-text.json is refused, in words > smtp-password-not-text.json 1`] = `
smtp-password-not-text.json: mail.smtp.password (its value is not shown) must be text in quotes, not empty
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-password-without-user.json is refused, in words > smtp-password-without-user.json 1`] = `
smtp-password-without-user.json: mail.smtp.user is missing; a password needs the user whose it is
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-port-465-with-starttls.json is refused, in words > smtp-port-465-with-starttls.json 1`] = `
smtp-port-465-with-starttls.json: mail.smtp.tls is "starttls", but must be "implicit" on port 465, where nothing is said before encryption
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-user-without-password.json is refused, in words > smtp-user-without-password.json 1`] = `
smtp-user-without-password.json: mail.smtp.user is "ann", but neither mail.smtp.password nor mail.smtp.password_file is given
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-with-two-passwords.json is refused, in words > smtp-with-two-passwords.json 1`] = `
smtp-with-two-passwords.json: mail.smtp.password and mail.smtp.password_file are both given; only one of them may be
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: smtp-without-host.json is refused, in words > smtp-without-host.json 1`] = `
smtp-without-host.json: mail.smtp.host is missing; it must be a host name or address without port, such as "receiver.lan", "192.168.1.10" or "::1"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: text-for-a-section.json is refused, in words > text-for-a-section.json 1`] = `
text-for-a-section.json: receiver is "192.168.1.10", but must be an object with data_directory, listen_address, join_addresses, workers, commit_seconds, acknowledge_seconds, worker_heap_mb, hello_timeout_seconds, silence_timeout_seconds, certificate_file, key_file, limits or retention
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: text-for-a-switch.json is refused, in words > text-for-a-switch.json 1`] = `
text-for-a-switch.json: mirror.allow_same_device is "yes", but must be true or false
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: time-zone-unknown.json is refused, in words > time-zone-unknown.json 1`] = `
time-zone-unknown.json: alerts.quiet_hours.to is "25:00", but must be a time of day from "00:00" to "23:59"
time-zone-unknown.json: alerts.quiet_hours.time_zone is "Berlin", but must be a time zone such as "Europe/Berlin" or "UTC"
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: unknown-key-in-a-section.json is refused, in words > unknown-key-in-a-section.json 1`] = `
unknown-key-in-a-section.json: unknown key "receiver.worker"; did you mean "receiver.workers"?
unknown-key-in-a-section.json: unknown key "receiver.colour"; allowed there: data_directory, listen_address, join_addresses, workers, commit_seconds, acknowledge_seconds, worker_heap_mb, hello_timeout_seconds, silence_timeout_seconds, certificate_file, key_file, limits or retention
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: unknown-key-in-camel-case.json is refused, in words > unknown-key-in-camel-case.json 1`] = `
unknown-key-in-camel-case.json: unknown key "numberOfNodes"; did you mean "number_of_nodes"?
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: unknown-key-like-nothing.json is refused, in words > unknown-key-like-nothing.json 1`] = `
unknown-key-like-nothing.json: unknown key "frobnicate"; allowed there: number_of_nodes, host, port, transport, sleeptime, to_directory, to_addr, log_level, receiver, sender, log, mirror, history, web, mail, alerts or nodes
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: unknown-key-of-another-section.json is refused, in words > unknown-key-of-another-section.json 1`] = `
unknown-key-of-another-section.json: unknown key "segment_bytes"; did you mean "log.segment_bytes"?
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: unknown-key-of-objects.json is refused, in words > unknown-key-of-objects.json 1`] = `
unknown-key-of-objects.json: unknown key "__proto__"; allowed there: number_of_nodes, host, port, transport, sleeptime, to_directory, to_addr, log_level, receiver, sender, log, mirror, history, web, mail, alerts or nodes
unknown-key-of-objects.json: unknown key "constructor"; allowed there: number_of_nodes, host, port, transport, sleeptime, to_directory, to_addr, log_level, receiver, sender, log, mirror, history, web, mail, alerts or nodes
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: unknown-key.json is refused, in words > unknown-key.json 1`] = `
unknown-key.json: unknown key "sleeptme"; did you mean "sleeptime"?
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: value-null.json is refused, in words > value-null.json 1`] = `
value-null.json: sleeptime is null, but must be a number of seconds from 0.1 to 3600
value-null.json: mail.smtp (its value is not shown) must be an object with host, port, name, user, password, password_file, tls or ca_file or a list of up to ten such objects
`

exports[`test/shared/config/mistakes.test.ts > TAP > config invariants 1–3: word-not-allowed.json is refused, in words > word-not-allowed.json 1`] = `
word-not-allowed.json: log_level is "verbose", but must be "debug", "info", "warn", "error" or "silent"
word-not-allowed.json: mail.smtp.tls is "ssl", but must be "starttls", "implicit" or "none"
`
