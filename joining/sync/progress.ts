import { type BarStream, createProgressBar, type ProgressBar } from '../../service/progress-bar.ts'
import type { SyncProgress } from './run-sync.ts'
import type { SyncWords } from './words.ts'

/** Shows on a terminal how far a run is: a bar for each section that is read. It writes nothing if `stream` is not a terminal. */
export function createSyncProgress(stream: BarStream, words: SyncWords): SyncProgress & { readonly clear: () => void } {
  let shown: { readonly label: string; readonly bar: ProgressBar } | undefined
  const show = (label: string): ProgressBar => {
    if (shown?.label !== label) {
      shown?.bar.clear()
      shown = { label, bar: createProgressBar(stream, label) }
    }
    return shown.bar
  }
  return {
    // Without a total, the rows that were read are all that is known.
    read: (section, rows, total) => show(words.reading(section)).report(rows, total ?? rows),
    step(step) {
      show(step === 'CHECK' ? words.checking : words.writing).report(0, 1)
    },
    clear() {
      shown?.bar.clear()
      shown = undefined
    },
  }
}
