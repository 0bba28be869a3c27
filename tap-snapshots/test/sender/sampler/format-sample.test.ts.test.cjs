/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/sender/sampler/format-sample.test.ts > TAP > a sample of the container is readable > as rates 1`] = `
2026-11-20 22:00:00.000 UTC   up 2 h 47 min   load 0.00 0.01 0.05

cpu       ████████············  40.0 %  user 25.0 %  system 10.0 %  steal 5.0 %
cores     ▇▁
memory    █████···············  25.0 %  512 MiB of 2.00 GiB, 512 MiB cache

filesystem    full     used     free     size  inodes
/           62.0 %  274 GiB  168 GiB  465 GiB   6.7 %

network  received   sent  errors  drops
eth0        0 B/s  0 B/s       0      0

processes 1  1 running  0 blocked  9 threads
`

exports[`test/sender/sampler/format-sample.test.ts > TAP > a sample of the container is readable > as totals 1`] = `
2026-11-20 22:00:00.000 UTC   up 2 h 47 min   load 0.00 0.01 0.05

cpu       ████████············  40.0 %  user 25.0 %  system 10.0 %  steal 5.0 %
cores     ▇▁
memory    █████···············  25.0 %  512 MiB of 2.00 GiB, 512 MiB cache

filesystem    full     used     free     size  inodes
/           62.0 %  274 GiB  168 GiB  465 GiB   6.7 %

network  received since boot      sent  errors  drops
eth0                 747 KiB  63.9 KiB       0      0

processes 1  1 running  0 blocked  9 threads
`

exports[`test/sender/sampler/format-sample.test.ts > TAP > a sample of the laptop is readable > as rates 1`] = `
2026-11-20 22:00:00.000 UTC   up 11 h 8 min   load 0.82 0.71 0.64   boot c0ffee00

cpu       ███▍················  17.1 %  user 13.0 %  system 3.9 %  iowait 0.1 %  softirq 0.1 %
cores     ▁▁▂▂▂▂▂▂
memory    ███████▊············  38.7 %  5.95 GiB of 15.4 GiB, 8.29 GiB cache
swap      ▎···················   1.0 %  85.3 MiB of 8.00 GiB
pressure  cpu 0.0 %  mem 0.0 %  io 0.0 %

filesystem             full      used     free     size  inodes
/                    62.0 %   274 GiB  168 GiB  465 GiB   6.7 %
/boot/efi             1.2 %  6.00 MiB  505 MiB  511 MiB
/media/anna/My Disk  76.2 %   710 GiB  221 GiB  931 GiB

disk      read  written  operations/s   busy
nvme0n1  0 B/s    0 B/s             0  0.0 %
sda      0 B/s    0 B/s             0  0.0 %

network     received        sent  errors  drops
enp0s31f6      0 B/s       0 B/s       0      0
wlp0s20f3  122 KiB/s  12.1 KiB/s       0    421

sensors   acpitz 48.0 °C  nvme 38.9 °C  thinkpad CPU 49.0 °C  coretemp 51.0 °C  iwlwifi_1 44.0 °C  TSKN 39.1 °C  thinkpad 2431 rpm
processes 9  1 running  0 blocked  1789 threads
files     17312 open
`

exports[`test/sender/sampler/format-sample.test.ts > TAP > a sample of the laptop is readable > as totals 1`] = `
2026-11-20 22:00:00.000 UTC   up 11 h 8 min   load 0.82 0.71 0.64   boot c0ffee00

cpu       ███▍················  17.1 %  user 13.0 %  system 3.9 %  iowait 0.1 %  softirq 0.1 %
cores     ▁▁▂▂▂▂▂▂
memory    ███████▊············  38.7 %  5.95 GiB of 15.4 GiB, 8.29 GiB cache
swap      ▎···················   1.0 %  85.3 MiB of 8.00 GiB

filesystem             full      used     free     size  inodes
/                    62.0 %   274 GiB  168 GiB  465 GiB   6.7 %
/boot/efi             1.2 %  6.00 MiB  505 MiB  511 MiB
/media/anna/My Disk  76.2 %   710 GiB  221 GiB  931 GiB

disk     read since boot   written
nvme0n1         13.7 GiB  47.1 GiB
sda              169 MiB  60.3 MiB

network    received since boot      sent  errors  drops
enp0s31f6             11.8 MiB  2.24 MiB       0      0
wlp0s20f3             9.20 GiB   836 MiB       0    421

sensors   acpitz 48.0 °C  nvme 38.9 °C  thinkpad CPU 49.0 °C  coretemp 51.0 °C  iwlwifi_1 44.0 °C  TSKN 39.1 °C  thinkpad 2431 rpm
processes 9  1 running  0 blocked  1789 threads
files     17312 open
`

exports[`test/sender/sampler/format-sample.test.ts > TAP > a sample of the raspberry-pi is readable > as rates 1`] = `
2026-11-20 22:00:00.000 UTC   up 23 h 10 min   load 0.38 0.19 0.12   boot 5f3a1c2e

cpu       █████▉··············  29.2 %  user 23.3 %  system 5.5 %  iowait 0.5 %
cores     ▂▂▁▇
memory    ██▎·················  11.6 %  932 MiB of 7.87 GiB, 3.03 GiB cache
swap      ····················   0.2 %  1.00 MiB of 512 MiB

filesystem                   full      used     free     size  inodes
/                          62.0 %   274 GiB  168 GiB  465 GiB   6.7 %
/boot/firmware              1.2 %  6.00 MiB  505 MiB  511 MiB
/media/backup (read-only)  62.0 %   274 GiB  168 GiB  465 GiB   6.7 %

disk           read     written  operations/s   busy
mmcblk0  16.0 KiB/s  80.0 KiB/s            12  6.0 %
sda           0 B/s       0 B/s             0  0.0 %

network    received        sent  errors  drops
eth0     1.10 KiB/s  0.98 KiB/s       0     12

sensors   cpu_thermal 52.5 °C  rp1_adc 54.1 °C  pwmfan 2987 rpm
processes 7  2 running  1 blocked  212 threads
files     1472 open
`

exports[`test/sender/sampler/format-sample.test.ts > TAP > a sample of the raspberry-pi is readable > as totals 1`] = `
2026-11-20 22:00:00.000 UTC   up 23 h 10 min   load 0.38 0.19 0.12   boot 5f3a1c2e

cpu       █████▉··············  29.2 %  user 23.3 %  system 5.5 %  iowait 0.5 %
cores     ▂▂▁▇
memory    ██▎·················  11.6 %  932 MiB of 7.87 GiB, 3.03 GiB cache
swap      ····················   0.2 %  1.00 MiB of 512 MiB

filesystem                   full      used     free     size  inodes
/                          62.0 %   274 GiB  168 GiB  465 GiB   6.7 %
/boot/firmware              1.2 %  6.00 MiB  505 MiB  511 MiB
/media/backup (read-only)  62.0 %   274 GiB  168 GiB  465 GiB   6.7 %

disk     read since boot   written
mmcblk0          744 MiB  1.68 GiB
sda              397 MiB   196 MiB

network  received since boot     sent  errors  drops
eth0                1.15 GiB  330 MiB       0     12

sensors   cpu_thermal 52.5 °C  rp1_adc 54.1 °C  pwmfan 2987 rpm
processes 7  2 running  1 blocked  212 threads
files     1472 open
`

exports[`test/sender/sampler/format-sample.test.ts > TAP > a sample of the server is readable > as rates 1`] = `
2026-11-20 22:00:00.000 UTC   up 30 d 2 h   load 18.42 17.03 16.88   boot 0a1b2c3d

cpu       ███████▋············  38.1 %  user 27.9 %  system 8.9 %  iowait 0.8 %  softirq 0.5 %
cores     ▁▁▂▃▄▄▅▅▅▁▂▃▄▅▄▅▅-▂▃▂▃▄▅▅▆▂▁▂▃▄▅▅▆▅▂▂▃▄▅▄▅▅▁▂▃▄▃▄▅▅▆▂▃▂▃▄▅▅▆▁▁▂▃
memory    ████▊···············  23.8 %  120 GiB of 504 GiB, 322 GiB cache
pressure  cpu 0.0 %  mem 0.0 %  io 0.0 %

filesystem    full      used     free     size  inodes
/           62.0 %   274 GiB  168 GiB  465 GiB   6.7 %
/boot/efi    1.2 %  6.00 MiB  505 MiB  511 MiB
/srv        62.0 %   274 GiB  168 GiB  465 GiB   6.7 %
/tank       76.6 %   549 GiB  168 GiB  739 GiB   6.7 %

disk          read  written  operations/s   busy
nvme0n1  400 KiB/s    0 B/s            10  0.0 %
nvme1n1  400 KiB/s    0 B/s            10  0.0 %
nvme2n1  400 KiB/s    0 B/s            10  0.0 %
nvme3n1  400 KiB/s    0 B/s            10  0.0 %
sda      400 KiB/s    0 B/s            10  0.0 %
sdae     400 KiB/s    0 B/s            10  0.0 %
md1      400 KiB/s    0 B/s            10  0.0 %
md12     400 KiB/s    0 B/s            10  0.0 %

network  received   sent  errors  drops
eno1np0     0 B/s  0 B/s      12   3463
eno2np1     0 B/s  0 B/s       0      0
bond0       0 B/s  0 B/s      12   3463
docker0     0 B/s  0 B/s       0      0

sensors   k10temp Tctl 61.3 °C  k10temp Tccd1 55.0 °C  k10temp Tccd2 56.5 °C  nvme0 41.9 °C  nvme1 42.9 °C  nvme2 43.9 °C  nvme3 44.9 °C  nct6798 1032 rpm  nct6798 #2 0 rpm  nct6798 #3 1450 rpm
processes 6  9 running  2 blocked  4312 threads
files     45632 open  52706048 allowed
`

exports[`test/sender/sampler/format-sample.test.ts > TAP > a sample of the server is readable > as totals 1`] = `
2026-11-20 22:00:00.000 UTC   up 30 d 2 h   load 18.42 17.03 16.88   boot 0a1b2c3d

cpu       ███████▋············  38.1 %  user 27.9 %  system 8.9 %  iowait 0.8 %  softirq 0.5 %
cores     ▁▁▂▃▄▄▅▅▅▁▂▃▄▅▄▅▅-▂▃▂▃▄▅▅▆▂▁▂▃▄▅▅▆▅▂▂▃▄▅▄▅▅▁▂▃▄▃▄▅▅▆▂▃▂▃▄▅▅▆▁▁▂▃
memory    ████▊···············  23.8 %  120 GiB of 504 GiB, 322 GiB cache

filesystem    full      used     free     size  inodes
/           62.0 %   274 GiB  168 GiB  465 GiB   6.7 %
/boot/efi    1.2 %  6.00 MiB  505 MiB  511 MiB
/srv        62.0 %   274 GiB  168 GiB  465 GiB   6.7 %
/tank       76.6 %   549 GiB  168 GiB  739 GiB   6.7 %

disk     read since boot   written
nvme0n1          471 GiB  4.60 TiB
nvme1n1          471 GiB  4.60 TiB
nvme2n1          471 GiB  4.60 TiB
nvme3n1          471 GiB  4.60 TiB
sda              471 GiB  4.60 TiB
sdae             471 GiB  4.60 TiB
md1              471 GiB  4.60 TiB
md12             471 GiB  4.60 TiB

network  received since boot      sent  errors  drops
eno1np0             89.8 TiB  79.7 TiB      12   3463
eno2np1             92.0 GiB  83.6 MiB       0      0
bond0               89.9 TiB  79.7 TiB      12   3463
docker0              118 MiB   224 MiB       0      0

sensors   k10temp Tctl 61.3 °C  k10temp Tccd1 55.0 °C  k10temp Tccd2 56.5 °C  nvme0 41.9 °C  nvme1 42.9 °C  nvme2 43.9 °C  nvme3 44.9 °C  nct6798 1032 rpm  nct6798 #2 0 rpm  nct6798 #3 1450 rpm
processes 6  9 running  2 blocked  4312 threads
files     45632 open  52706048 allowed
`
