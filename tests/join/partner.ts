/** The mandate authority of Guatemala, a partner of the country that joins: its process, its mandate, and an officer's tool. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { parseSignerFile } from '../../audit/note/key.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { createMandatePersons, type MandatePersons } from '../authority/mandate-persons.ts'
import { createWorld, ISSUER, providerClaims, sign, type World } from '../authority/world.ts'
import { takePort } from '../ports.ts'
import { type Running, startIstmo } from './processes.ts'

/** The authority, and what it gives to others. */
export interface Partner {
  readonly world: World
  readonly url: string
  /** The entry of `callers` with which a country pins it. */
  readonly caller: (witness: string) => Promise<Readonly<Record<string, unknown>>>
  /** The settings of an officer's tool, and the officer's login. */
  readonly ask: string
  readonly login: string
  /** Signs a mandate that names the country and the officer. */
  readonly makeMandate: (country: string) => Promise<string>
  /** Adds a witness of a country to what it asks. It must start again. */
  readonly listWitness: (country: string, policyLine: string) => Promise<void>
  readonly start: () => Promise<Running>
}

const SCOPES = ['case:read', 'mla:read']
const member = { agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: SCOPES }

/** What a country's file says to recognise the officers. */
export const TASK_FORCE = { id: 'jtf-2026-03', notAfter: '2099-12-31', members: [{ issuer: 'GT', ...member }] }

/** Makes the authority's files. @param gateway its address, and the file of its public leg keys. */
export async function createPartner(gateway: { readonly url: string; readonly jwks: string }): Promise<Partner> {
  const port = await takePort()
  const url = `http://127.0.0.1:${port}`
  const more = { port, publicUrl: url, trustPolicy: 'trust-policy', database: 'database' }
  const world = await createWorld(more)
  const at = (name: string): string => join(world.folder, name)
  const clients = [
    { kind: 'gateway', id: 'gw', name: 'pasarela', address: gateway.url, jwks: gateway.jwks },
    { kind: 'tool', id: 'console', gateways: ['gw'], scopes: SCOPES },
  ]
  await writeFile(at('clients.yaml'), stringify({ clients }))
  const { vkey } = parseSignerFile(await readFile(at('keys/log.key'), 'utf8')).verifier
  const policy = [`log ${vkey}`]
  const writePolicy = () => writeFile(at('trust-policy'), `${[...policy, 'quorum none'].join('\n')}\n`)
  await writePolicy()
  const persons: MandatePersons = await createMandatePersons(world)
  const ask = { gateway: gateway.url, authority: `${url}/token`, client: 'console' }
  await writeFile(at('ask.yaml'), stringify(ask))
  await writeFile(at('login'), await sign(providerClaims(), world.provider))
  return {
    ...{ world, url, ask: at('ask.yaml'), login: at('login') },
    async caller(witness) {
      const { mandates } = await readAuthoritySettings(world.config)
      const pinned = { keys: [world.signingKid], approvers: mandates.approverKeys, log: vkey, witnesses: [witness] }
      return { country: 'GT', authority: ISSUER, jwks: `${url}/jwks`, ...pinned, members: [member] }
    },
    makeMandate: (country) =>
      persons.makeMandate('prosecutor', { issuer: ISSUER, country: 'GT', countries: [country], scopes: SCOPES }),
    async listWitness(country, line) {
      policy.push(line.trim())
      await writePolicy()
      const settings = await readAuthoritySettings(world.config)
      const witnesses = { [country]: [line.split(' ')[1] ?? ''] }
      await writeFile(world.config, stringify({ ...settings, mandates: { ...settings.mandates, witnesses } }))
    },
    start: () =>
      startIstmo(['authority', '--config', world.config, '--development'], {
        ...{ cwd: world.folder, ready: /Authority of GT listens on/ },
      }),
  }
}
