/** What a fresh virtual machine is told. */
export interface CloudInitOptions {
  /** A join code, one word. */
  readonly code: string;
  /** What `npm install` is given: the name of a package, or where its file is. */
  readonly packageSource: string;
}

/** Where Node.js is taken from; `SHASUMS256.txt` beside the files names them and proves them. */
const NODE_RELEASES = 'https://nodejs.org/dist/latest-v24.x';

/** Cloud-init's user data that makes a fresh Debian or Ubuntu machine a node: Node.js, the package, and a systemd unit. */
export function renderCloudInit({ code, packageSource }: CloudInitOptions): string {
  const config = { sender: { data_directory: '/var/lib/fleetkeep/sender' } };
  return `#cloud-config
# Makes this machine a node of a Fleetkeep receiver. The join code lets it in, so keep this file as you would keep a password.
package_update: true
packages:
  - ca-certificates
  - curl
  - xz-utils
write_files:
  - path: /etc/fleetkeep/config.json
    permissions: '0600'
    content: |
${indent(JSON.stringify(config, undefined, 2), 6)}
  - path: /usr/local/sbin/fleetkeep-setup
    permissions: '0700'
    content: |
${indent(setupScript(code, packageSource), 6)}
runcmd:
  - [/usr/local/sbin/fleetkeep-setup]
`;
}

function setupScript(code: string, packageSource: string): string {
  return `#!/bin/sh
# Node.js for this machine, proven by its list of hashes; then the package; then the unit.
set -eu
case "$(uname -m)" in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) echo "there is no Node.js for $(uname -m) at ${NODE_RELEASES}" >&2; exit 1 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
curl -fsSLO --retry 5 ${NODE_RELEASES}/SHASUMS256.txt
file=$(grep -o "node-v[0-9.]*-linux-$arch.tar.xz" SHASUMS256.txt)
curl -fsSLO --retry 5 "${NODE_RELEASES}/$file"
grep " $file\\$" SHASUMS256.txt | sha256sum -c -
mkdir -p /opt/fleetkeep/node
tar -xJf "$file" -C /opt/fleetkeep/node --strip-components=1
export PATH="/opt/fleetkeep/node/bin:$PATH"
npm install --global --prefix /opt/fleetkeep ${quote(packageSource)}
/opt/fleetkeep/bin/fleetkeep-sender install --systemd --config /etc/fleetkeep/config.json --join ${quote(code)}
rm -f /usr/local/sbin/fleetkeep-setup`;
}

/** For a POSIX shell: between single quotes everything is itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function indent(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(width) + line))
    .join('\n');
}
