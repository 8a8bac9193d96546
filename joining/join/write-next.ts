/** `NEXT.md`: what to do next, in the language that was chosen. */
import type { Language } from '../../contract/language.ts'
import type { Answers } from './answers.ts'
import { KEY_FILES, type PublicKeys } from './make-keys.ts'
import { type GatewayFiles, TLS_FILES } from './make-tls.ts'

/** What the page speaks about. */
export interface NextFacts {
  /** The absolute path of the folder. */
  readonly root: string
  readonly answers: Answers
  readonly keys: PublicKeys
  readonly gateway: GatewayFiles
  /** Whether the node's certificate is there. With a certificate request, it comes later. */
  readonly hasCertificate: boolean
}

/** Writes the page. */
export function writeNext(facts: NextFacts, language: Language): string {
  const sections =
    language === 'es'
      ? [...spanish(facts), ...spanishAfterStart(facts)]
      : [...english(facts), ...englishAfterStart(facts)]
  return `${sections
    .flat()
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')}\n`
}

/** The settings of the folder say the database and the audit log. @param source what stands for the old database. */
function fill(country: string, source: string): readonly string[] {
  return [
    '```sh',
    `istmo map --from ${source} --country ${country} --out ${country}.mapping.yaml`,
    'set -a && . ./node.env && set +a',
    `istmo sync ${country}.mapping.yaml --dry-run --refused refused.csv`,
    `istmo sync ${country}.mapping.yaml --refused refused.csv`,
    `istmo check --country ${country} --rules rules/${country}.yaml`,
    '```',
  ]
}

const START = [
  ...['```sh', 'set -a && . ./node.env && set +a', 'istmo node', '```', '', '```sh'],
  ...['istmo witness --config witness.yaml', '```'],
]

function systemd(root: string, isOwn: boolean): readonly string[] {
  return [
    '```sh',
    `useradd --system --home-dir ${root} --shell /usr/sbin/nologin istmo`,
    `chown -R istmo: ${root}`,
    `cp ${root}/systemd/* /etc/systemd/system/`,
    `systemctl daemon-reload && systemctl enable --now istmo-node.service${isOwn ? ' istmo-ca-renew.timer' : ''}`,
    '```',
  ]
}

function english({ root, answers, gateway, hasCertificate }: NextFacts): readonly (readonly string[])[] {
  const { country, tls, host, port, database } = answers
  const suspender = KEY_FILES.suspender(country)
  return [
    [`# ${country}: what to do next`, '', `All commands are typed in ${root}.`],
    [
      '',
      '## 1. Before the first start',
      '',
      `- Move \`${suspender}\` to a token or a machine of your security officer, who can stop everything here with it. Keep no copy here.`,
      '- Make a backup of this folder (`istmo backup`), and keep it as safe as the keys in it.',
      ...(hasCertificate
        ? []
        : [
            `- Have your authority sign \`${TLS_FILES.request}\`, for the use «server». Put the certificate with its chain into \`${TLS_FILES.cert}\`. The node does not start without it.`,
          ]),
      ...(gateway.hasCa
        ? []
        : [
            tls === 'own'
              ? `- \`${TLS_FILES.gatewayCa}\` is your own authority until you replace it: ask the gateway’s operator for the gateway’s \`ca.cert.pem\`, compare its hash by telephone (\`istmo ca show FILE\`), and put it there.`
              : `- Ask the gateway’s operator for the gateway’s \`ca.cert.pem\`, compare its hash by telephone (\`istmo ca show FILE\`), and put it into \`${TLS_FILES.gatewayCa}\`. The node does not start without it.`,
          ]),
      ...(gateway.hasKeys
        ? []
        : [
            `- \`${TLS_FILES.gatewayKeys}\` has no key yet, so your node takes no question: ask for the gateway’s \`leg.jwks.json\`, and put it there. \`istmo join . --gateway-keys FILE --gateway-ca FILE\` does both.`,
          ]),
    ],
    [
      '',
      '## 2. Fill it',
      '',
      ...(database === 'embedded' ? [] : ['Make the database, as docs/onboarding.md says. Then:', '']),
      ...fill(country, 'OLD-DATABASE-OR-CSV'),
    ],
    [
      '',
      '## 3. Start it',
      '',
      'To try it:',
      '',
      ...START,
      '',
      'For good, as root:',
      '',
      ...systemd(root, tls === 'own'),
    ],
    [
      '',
      `\`curl --cacert ${tls === 'own' ? TLS_FILES.authorityCert : 'YOUR-AUTHORITY.pem'} https://${showHost(host)}:${port}/health/ready\` says whether it is ready, and \`systemctl reload istmo-node\` makes it read changed files.`,
      ...(database === 'embedded'
        ? [
            '',
            'The rows are in `data/rows`, in an embedded PostgreSQL. For more than some 100,000 rows, set DATABASE_URL in `node.env`.',
          ]
        : []),
    ],
  ]
}

function englishAfterStart({ answers: { country }, keys }: NextFacts): readonly (readonly string[])[] {
  return [
    [
      '',
      '## 4. Say whom you recognise',
      '',
      `Nobody yet. Change first the table of what you expect, \`rules/${country}.policy-test.yaml\`, then \`rules/${country}.yaml\` and \`rules/${country}.cedar\`:`,
      '',
      '```sh',
      `istmo policy test rules/${country}.policy-test.yaml`,
      'istmo join . --yes',
      '```',
      '',
      'The second command writes `bundle` again.',
    ],
    [
      '',
      '## 5. Join the gateway',
      '',
      `Give the folder \`bundle/${country}\` to the gateway’s operator. Nothing in it is secret. Read these lines to the operator by telephone:`,
      '',
      `- the key of your audit log: \`${keys.vkey}\``,
      `- the key of your node, for the \`partners\` of other countries: \`${keys.nodeKey}\``,
      `- the key of your witness, for the authorities of other countries: \`${keys.witness}\``,
      '',
      `Each country whose officers you believe lists your witness at its authority: the line in \`bundle/${country}/witness.policy\`. Until it does, your node answers no officer of that country, and \`istmo doctor --env node.env\` says so.`,
      '',
      `The operator tries the connection with \`istmo probe ${country}.yaml\`. If you reach the gateway’s operator server, type \`istmo join . --probe URL\` yourselves.`,
      '',
      `Later, compare your rules with those that the gateway has: \`istmo policy diff rules/${country}.yaml THE-GATEWAYS-COPY\`.`,
    ],
  ]
}

function spanish({ root, answers, gateway, hasCertificate }: NextFacts): readonly (readonly string[])[] {
  const { country, tls, host, port, database } = answers
  const suspender = KEY_FILES.suspender(country)
  return [
    [`# ${country}: qué sigue`, '', `Todas las órdenes se escriben en ${root}.`],
    [
      '',
      '## 1. Antes del primer arranque',
      '',
      `- Lleve \`${suspender}\` a un dispositivo o a una máquina de la persona encargada de la seguridad, que con ella puede detener todo aquí. No guarde aquí ninguna copia.`,
      '- Haga una copia de respaldo de esta carpeta (`istmo backup`), y guárdela con el mismo cuidado que las claves que contiene.',
      ...(hasCertificate
        ? []
        : [
            `- Haga firmar \`${TLS_FILES.request}\` por su autoridad, para el uso «server». Ponga el certificado con su cadena en \`${TLS_FILES.cert}\`. El nodo no arranca sin él.`,
          ]),
      ...(gateway.hasCa
        ? []
        : [
            tls === 'own'
              ? `- \`${TLS_FILES.gatewayCa}\` es su propia autoridad hasta que la cambie: pida a quien opera la pasarela su \`ca.cert.pem\`, compare su huella por teléfono (\`istmo ca show ARCHIVO\`), y póngalo ahí.`
              : `- Pida a quien opera la pasarela su \`ca.cert.pem\`, compare su huella por teléfono (\`istmo ca show ARCHIVO\`), y póngalo en \`${TLS_FILES.gatewayCa}\`. El nodo no arranca sin él.`,
          ]),
      ...(gateway.hasKeys
        ? []
        : [
            `- \`${TLS_FILES.gatewayKeys}\` todavía no tiene ninguna clave, así que su nodo no toma ninguna pregunta: pida el \`leg.jwks.json\` de la pasarela, y póngalo ahí. \`istmo join . --gateway-keys ARCHIVO --gateway-ca ARCHIVO\` hace las dos cosas.`,
          ]),
    ],
    [
      '',
      '## 2. Llénelo',
      '',
      ...(database === 'embedded' ? [] : ['Cree la base de datos, como dice docs/es/onboarding.md. Después:', '']),
      ...fill(country, 'BASE-VIEJA-O-CSV'),
    ],
    [
      '',
      '## 3. Arránquelo',
      '',
      'Para probarlo:',
      '',
      ...START,
      '',
      'De forma permanente, como root:',
      '',
      ...systemd(root, tls === 'own'),
    ],
    [
      '',
      `\`curl --cacert ${tls === 'own' ? TLS_FILES.authorityCert : 'SU-AUTORIDAD.pem'} https://${showHost(host)}:${port}/health/ready\` dice si está listo, y \`systemctl reload istmo-node\` le hace leer los archivos cambiados.`,
      ...(database === 'embedded'
        ? [
            '',
            'Las filas están en `data/rows`, en un PostgreSQL incluido. Para más de unas 100,000 filas, ponga DATABASE_URL en `node.env`.',
          ]
        : []),
    ],
  ]
}

function spanishAfterStart({ answers: { country }, keys }: NextFacts): readonly (readonly string[])[] {
  return [
    [
      '',
      '## 4. Diga a quién reconoce',
      '',
      `Todavía a nadie. Cambie primero la tabla de lo que espera, \`rules/${country}.policy-test.yaml\`, y después \`rules/${country}.yaml\` y \`rules/${country}.cedar\`:`,
      '',
      '```sh',
      `istmo policy test rules/${country}.policy-test.yaml`,
      'istmo join . --yes',
      '```',
      '',
      'La segunda orden escribe `bundle` otra vez.',
    ],
    [
      '',
      '## 5. Únase a la pasarela',
      '',
      `Entregue la carpeta \`bundle/${country}\` a quien opera la pasarela. Nada en ella es secreto. Léale estas líneas por teléfono:`,
      '',
      `- la clave de su registro de auditoría: \`${keys.vkey}\``,
      `- la clave de su nodo, para los \`partners\` de otros países: \`${keys.nodeKey}\``,
      `- la clave de su cofirmante, para las autoridades de otros países: \`${keys.witness}\``,
      '',
      `Cada país a cuyos funcionarios usted cree pone su cofirmante en la lista de su autoridad: la línea de \`bundle/${country}/witness.policy\`. Mientras no lo haga, su nodo no responde a ningún funcionario de ese país, y \`istmo doctor --env node.env\` lo dice.`,
      '',
      `Quien opera la pasarela prueba la conexión con \`istmo probe ${country}.yaml\`. Si ustedes llegan al servidor de operación de la pasarela, escriban \`istmo join . --probe URL\`.`,
      '',
      `Después, compare sus reglas con las que tiene la pasarela: \`istmo policy diff rules/${country}.yaml LA-COPIA-DE-LA-PASARELA\`.`,
    ],
  ]
}

function showHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
