/**
 * What is suspended at a gateway with several workers. The parent has the folder, takes what `istmo suspend` delivers there, and counts it; each worker has
 * a copy below it, and counts what the parent tells it.
 */
import { copyFile, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { readStatements } from '../../../service/suspensions/statement-file.ts'
import { openSuspensions } from '../../../service/suspensions/suspensions.ts'
import { watchFiles } from '../../../service/watch-files.ts'
import type { GatewayConfig } from '../config.ts'
import { type GraphFiles, readGraphFiles } from '../load-graph.ts'
import { readSuspenders, rejectForeign } from '../suspensions.ts'
import { suspensionsOfWorker } from './config-of-worker.ts'
import { shareFollowed } from './share-followed.ts'

/** The file in which a folder keeps its statements. */
const STATEMENTS = 'statements.jsonl'

/** The folder of suspensions, from the parent's side. */
export interface SuspensionDoor {
  /** Gives a worker that is about to start what is suspended now. */
  readonly prepare: (number: number) => Promise<void>
  /** Lists the statements that were counted since {@link prepare}, for a worker that has just started. */
  readonly listSince: (number: number) => Promise<readonly string[]>
  /** Returns the body of the operator's `/suspensions`. */
  readonly feed: (after: number) => string
  /** Reads again who takes part. */
  readonly reload: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The settings that the door needs. */
type DoorConfig = GatewayConfig & { readonly suspensionsFolder: string }

/**
 * Opens the folder.
 * @param tell called with each statement that counts from now on, in their order.
 * @throws {ConfigError} if the file of suspenders is wrong.
 * @throws {FolderInUseError} if another process has the folder.
 */
export async function openSuspensionDoor(
  config: DoorConfig,
  { participants: first }: Pick<GraphFiles, 'participants'>,
  tell: (statement: string) => void,
  log: Logger,
): Promise<SuspensionDoor> {
  const { suspensionsFolder: folder } = config
  let participants = first
  let [told, telling] = [0, Promise.resolve()]
  const statementsAfter = async (position: number) => {
    const { statements } = await readStatements(join(folder, STATEMENTS))
    return statements.filter((each) => each.position > position)
  }
  const own = await openSuspensions({
    folder,
    signers: await readSuspenders(config),
    log,
    reject: (statement) => rejectForeign(statement, participants),
  })
  told = (await statementsAfter(0)).at(-1)?.position ?? 0
  own.onChange(() => {
    telling = telling.then(async () => {
      for (const { position, statement } of await statementsAfter(told)) {
        told = position
        tell(statement.text)
      }
    })
  })
  await shareFollowed(folder, config.workers)
  const copied = new Map<number, number>()
  const reload = async (): Promise<void> => {
    try {
      participants = (await readGraphFiles(config)).participants
    } catch {
      // The workers say what is wrong with the files.
    }
  }
  const unwatch = watchFiles({ file: config.supergraphFile, folder: config.countriesFolder }, () => void reload(), log)
  return {
    async prepare(number) {
      const place = suspensionsOfWorker(folder, number)
      await mkdir(place, { recursive: true, mode: 0o700 })
      // In one step: a worker never sees half of it.
      await copyFile(join(folder, STATEMENTS), join(place, `${STATEMENTS}.new`))
      await rename(join(place, `${STATEMENTS}.new`), join(place, STATEMENTS))
      copied.set(number, (await readStatements(join(place, STATEMENTS))).last)
    },
    listSince: async (number) =>
      (await statementsAfter(copied.get(number) ?? 0)).map(({ statement }) => statement.text),
    feed: own.feed,
    reload,
    async close() {
      unwatch()
      await own.close()
      await telling
    },
  }
}
