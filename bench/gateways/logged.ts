/** Istmo bare, but with its audit log, whose entries are on the disk before an answer leaves. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { startProgram } from '../trust/processes.ts'
import { type Ground, type Serving, serve } from './contender.ts'
import { bareArguments, ISTMO_LINE } from './dress.ts'

/** Who asks without a token may write as much as is asked. */
const STRANGERS = ['--stranger-log-rate', '0', '--strangers-log-rate', '0']

/** Starts a gateway without tokens and rules that keeps its audit log: with one process, or with several workers on the same cores. */
export async function startLogged(ground: Ground, workers: number): Promise<Serving> {
  const at = (name: string): string => join(ground.folder, `logged-${workers}`, name)
  await mkdir(at(''))
  await writeFile(at('log.key'), generateSignerKey('istmo.example/bare', SIGNATURE_TYPES.ed25519), { mode: 0o600 })
  await rotateKeyFile(at('refs'), Date.now())
  const log = ['--audit-log-dir', at('log'), '--audit-log-key', at('log.key'), '--audit-log-ref-keys', at('refs')]
  const args = [
    ...bareArguments(ground),
    ...STRANGERS,
    '--supergraph',
    ground.supergraph,
    ...log,
    '--workers',
    String(workers),
  ]
  const running = await startProgram(ground.pins.gateways, args, ISTMO_LINE)
  return serve(ground, running, Number(running.said))
}
