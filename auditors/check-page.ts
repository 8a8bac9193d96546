import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TEXT } from '../service/command-texts.ts'
import { defineAudit } from './command.ts'

/** The page, which `npm run generate` makes from tools/check-page. */
const PAGE = join(import.meta.dirname, 'check-page.html')

/** `istmo audit check-page`: writes the page that checks proofs in a browser without a network. */
export const checkPageCommand = defineAudit(
  'check-page',
  {
    options: {
      out: TEXT,
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
