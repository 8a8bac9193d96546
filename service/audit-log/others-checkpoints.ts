import { join } from 'node:path'
import type { Logger } from 'pino'
import { isSignedWith, type KnownCheckpoints, openKnownCheckpoints } from '../../audit/gossip/known-checkpoints.ts'
import { forOrigin, parsePolicy } from '../../audit/note/policy.ts'
import { followRotations } from '../../audit/note/rotation.ts'
import { readSetting } from '../read-setting.ts'

/** The folder of the memory, below the folder of a process's audit log. */
export const KNOWN_FOLDER = 'known'

const NO_LOGS = parsePolicy('quorum none\n')

/**
 * Opens the memory of the checkpoints that a node is shown of others' audit logs, below the folder of its own. It believes nobody whom the
 * trust policy does not name, so without a trust policy it keeps nothing.
 * @param policy the file of the trust policy
 * @throws {ConfigError} if the trust policy cannot be used.
 */
export async function openOthersCheckpoints(
  { folder, policy }: { readonly folder: string; readonly policy?: string },
  log: Logger,
): Promise<KnownCheckpoints> {
  const read =
    policy === undefined ? NO_LOGS : await readSetting(policy, '--trust-policy (TRUST_POLICY_FILE)', parsePolicy)
  return openKnownCheckpoints({
    folder: read.logs.length === 0 ? null : join(folder, KNOWN_FOLDER),
    isSigned: (origin, note) => {
      const { logs } = forOrigin(read, origin)
      const keys = logs.flatMap(({ verifier }) => (verifier.name === origin ? [verifier] : []))
      return isSignedWith(note, followRotations(keys, []))
    },
    ...reportTo(log),
  })
}

/** Returns the callbacks that report a split view, and a memory that cannot be written, to the operator's log. */
export function reportTo(log: Pick<Logger, 'error' | 'warn'>) {
  return {
    onSplit: ({ origin, size, elsewhere }: Parameters<NonNullable<OpenOptions['onSplit']>>[0]) =>
      log.error(
        { origin, size, from: elsewhere.where },
        'an audit log signed two histories; the evidence is in known/split-views',
      ),
    onError: (error: unknown) =>
      log.warn({ error: (error as Error).name }, 'could not write the checkpoints that are known'),
  }
}

type OpenOptions = Parameters<typeof openKnownCheckpoints>[0]
