/** What runs the node: systemd units, a Containerfile, and the example of a proxy that passes TLS through. */
import { isIP } from 'node:net'
import type { Answers } from './answers.ts'

/** What every service of the folder has: it may write only where it must. */
const HARDENING = [
  'UMask=0077',
  'NoNewPrivileges=yes',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectProc=invisible',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
  'LockPersonality=yes',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
]

/** The texts of the units and examples, by their paths in the folder. @param root the absolute path of the folder. */
export function writeUnits(root: string, answers: Answers): Readonly<Record<string, string>> {
  return {
    'systemd/istmo-node.service': lines([
      '[Unit]',
      `Description=Istmo: the national node of ${answers.country}`,
      'After=network-online.target postgresql.service time-sync.target',
      '# The country’s witness starts with the node: without it, the node answers no officer of another country.',
      'Wants=network-online.target time-sync.target istmo-witness.service',
      '',
      '[Service]',
      'Type=exec',
      'User=istmo',
      `WorkingDirectory=${root}`,
      `EnvironmentFile=${root}/node.env`,
      '# `istmo` of an installed file. In a clone: /usr/bin/npx istmo, with WorkingDirectory=/the/clone and absolute paths in node.env.',
      'ExecStart=/usr/bin/env istmo node',
      '# The node reads its rules and certificates again. It also does so by itself when they change.',
      'ExecReload=/bin/kill -HUP $MAINPID',
      'Restart=on-failure',
      'RestartSec=5',
      '# A wrong setting: starting again does not help.',
      'RestartPreventExitStatus=2',
      'TimeoutStopSec=30',
      'LimitNOFILE=65536',
      '# Just-in-time compilation needs memory that is written and then run, so MemoryDenyWriteExecute stays off.',
      ...HARDENING,
      `ReadWritePaths=${['data', 'audit-log', 'mandates', 'suspensions'].map((name) => `-${root}/${name}`).join(' ')}`,
      '',
      '[Install]',
      'WantedBy=multi-user.target',
    ]),
    'systemd/istmo-witness.service': writeWitnessUnit(root, answers),
    ...(answers.tls === 'own' ? writeRenewal(root) : {}),
    'container/Containerfile': writeContainerfile(answers),
    'proxy/nginx-stream.conf': writeProxy(answers),
  }
}

function writeWitnessUnit(root: string, { country }: Answers): string {
  return lines([
    '[Unit]',
    `Description=Istmo: the witness of ${country}`,
    'After=network-online.target time-sync.target',
    'Wants=network-online.target time-sync.target',
    '',
    '[Service]',
    'Type=exec',
    'User=istmo',
    `WorkingDirectory=${root}`,
    'ExecStart=/usr/bin/env istmo witness --config witness.yaml',
    'Restart=on-failure',
    'RestartSec=5',
    'TimeoutStopSec=30',
    ...HARDENING,
    `ReadWritePaths=${root}/witness`,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ])
}

function writeRenewal(root: string): Readonly<Record<string, string>> {
  return {
    'systemd/istmo-ca-renew.service': lines([
      '[Unit]',
      'Description=Istmo: renew the certificates that end soon',
      '',
      '[Service]',
      'Type=oneshot',
      'User=istmo',
      '# A running node takes the new files by itself. The key stays, so pins hold.',
      `ExecStart=/usr/bin/env istmo ca renew ${root}/tls/ca ${root}/tls`,
      ...HARDENING,
      `ReadWritePaths=${root}/tls`,
    ]),
    'systemd/istmo-ca-renew.timer': lines([
      '[Unit]',
      'Description=Istmo: renew certificates every day',
      '',
      '[Timer]',
      '# Certificates hold for 30 days and are renewed in their last 10, so a machine may be off for more than a week.',
      'OnCalendar=daily',
      'RandomizedDelaySec=1h',
      'Persistent=yes',
      '',
      '[Install]',
      'WantedBy=timers.target',
    ]),
  }
}

function writeContainerfile({ port }: Answers): string {
  return lines([
    '# Build it beside the file that you were given:',
    '#   cp istmo-node-VERSION.tgz container/ && podman build -t istmo-node container',
    '# Run it with this folder, which has the settings, the keys and the rows, as the user who owns it (the user 1000 inside):',
    `#   podman run --name istmo-node --read-only --cap-drop=all --security-opt=no-new-privileges \\`,
    `#     --userns=keep-id:uid=1000,gid=1000 --tmpfs /tmp -v "$PWD:/istmo:Z" -p ${port}:${port} istmo-node`,
    '# An image of the Linux distribution that you use, with Node 20 or later and npm. The node brings its own Node 24.',
    'ARG BASE=node:24-slim',
    'FROM $BASE',
    'COPY istmo-node-*.tgz /tmp/',
    'RUN npm install --global --offline /tmp/istmo-node-*.tgz && rm /tmp/istmo-node-*.tgz',
    'USER 1000',
    'WORKDIR /istmo',
    `EXPOSE ${port}`,
    'STOPSIGNAL SIGTERM',
    'CMD ["sh", "-c", "set -a && . ./node.env && exec istmo node"]',
  ])
}

/**
 * Writes the example of a proxy that passes TLS through. A client sends the name of the server only if it is a name: to an address, it sends none
 * (RFC 6066, section 3), and the proxy has nothing to choose by.
 */
function writeProxy({ host, port }: Answers): string {
  const node = `127.0.0.1:${port}`
  const choice = isIP(host) === 0 ? chooseByName(host, node) : { map: [], listen: [], pass: node }
  return lines([
    '# An example for nginx with its stream module. The node ends TLS itself, because it must see the certificate of the gateway, so a proxy',
    '# passes TLS through. One that ends TLS must not stand here.',
    '# It stands beside `http { … }` and not in it. On Debian: apt-get install nginx libnginx-mod-stream, put this file into',
    '# /etc/nginx/modules-enabled/90-istmo.conf, and take `listen 443` out of the sites of nginx, or leave them another address.',
    `# With it, the country’s file names the node without a port: https://${host}/cases and so on.`,
    'stream {',
    ...choice.map,
    '  server {',
    '    listen 443;',
    '    listen [::]:443;',
    ...choice.listen,
    `    proxy_pass ${choice.pass};`,
    '    proxy_connect_timeout 5s;',
    '    # The gateway keeps connections open for a minute.',
    '    proxy_timeout 75s;',
    '  }',
    '}',
  ])
}

function chooseByName(host: string, node: string) {
  return {
    map: [
      '  map $ssl_preread_server_name $istmo_node {',
      `    ${host} ${node};`,
      '    # Whoever asks for another name gets nothing.',
      '    default 127.0.0.1:9;',
      '  }',
    ],
    listen: ['    ssl_preread on;'],
    pass: '$istmo_node',
  }
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`
}
