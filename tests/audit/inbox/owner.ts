/**
 * Runs in its own process, which the test kills: owns an audit log, as a gateway does, and takes what comes into its inbox.
 * Arguments: the home of the audit log, the file of its signer key.
 */
import { writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { parseSignerFile } from '../../../audit/note/key.ts'
import { openRecorder } from '../../../service/audit-log/recorder.ts'

const [folder = '', key = ''] = process.argv.slice(2)
const readSigner = async () => parseSignerFile(await readFile(key, 'utf8'))
const signer = await readSigner()
const gateway = signer.verifier.name
const ignore = (): void => undefined
await openRecorder({
  ...{ folder, signer, readSigner, hasSalts: true, log: { info: ignore, warn: ignore, error: ignore } },
  ownEntries: {
    start: (base, repairs) => ({ ...base, gateway, kind: 'start', version: '1', repairs }),
    rejections: (base, count) => ({ ...base, gateway, kind: 'refusals', ...count }),
    stop: (base) => ({ ...base, gateway, kind: 'stop' }),
  },
})
writeSync(1, 'OPEN\n')
setInterval(ignore, 1_000_000)
