/**
 * A process that locks a folder and holds the lock. Arguments: the folder. Prints `held`, or prints `busy` and ends.
 */
import { FolderInUseError, lockFolder } from '../../service/folder-lock/folder-lock.ts'

const [folder = ''] = process.argv.slice(2)
try {
  await lockFolder(folder, { patienceMs: 200 })
  process.stdout.write('held\n')
  setInterval(() => undefined, 1000)
} catch (error) {
  if (!(error instanceof FolderInUseError)) throw error
  process.stdout.write('busy\n')
}
