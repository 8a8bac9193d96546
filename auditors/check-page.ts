import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FILE } from '../service/command-spec.ts'
import { ABOUT, defineAudit } from './command.ts'

/** The page, which `npm run generate` makes from tools/check-page. */
const PAGE = join(import.meta.dirname, 'check-page.html')

/** `istmo audit check-page`: writes the page that checks proofs in a browser without a network. */
export const checkPageCommand = defineAudit(
  {
    ...ABOUT.checkPage,
    options: {
      out: {
        flag: 'out',
        ...FILE,
        meaning: 'the HTML file; by default istmo-check.html',
      },
    },
    examples: [{ command: 'istmo audit check-page', meaning: 'Writes istmo-check.html. Open it in any browser.' }],
    notes: {
      'Exit codes': {
        0: 'the page is written',
        1: 'never',
        2: 'the file could not be written, or an argument is wrong',
      },
    },
  },
  async ({ out = 'istmo-check.html' }) => {
    await writeFile(out, await readFile(PAGE))
    return {
      verdict: 'HOLDS',
      text: `${out}: open it in a browser, and drop the trust policy and the proofs onto it.`,
      json: { out },
    }
  },
)
