/** Writes what the console is told into its page, so that the page need not ask for it: a round trip less before each sign-in. */
import { type BuiltFile, type BuiltFiles, toBuiltFile } from './built-files.ts'
import type { CurrentFiles } from './serve-files.ts'

/** The id of the element in the page. `console/src/session/config.ts` looks for it. */
const ELEMENT_ID = 'istmo-config'

const END_OF_HEAD = '</head>'

/**
 * Adds the settings to the page of each build. They stand in a data block: a `script` element of a type that no browser runs, so that the policy's
 * `script-src` is not concerned. A page without a head is left as it is, and asks for the settings.
 */
export function fillPages(files: CurrentFiles, settings: Readonly<Record<string, unknown>>): CurrentFiles {
  const block = `<script type="application/json" id="${ELEMENT_ID}">${writeJson(settings)}</script>\n`
  let filled: { readonly from: BuiltFiles; readonly to: BuiltFiles } | null = null
  return async () => {
    const from = await files()
    if (filled?.from !== from) filled = { from, to: withPage(from, fill(from.index, block)) }
    return filled.to
  }
}

/** JSON for inside HTML: without `<`, nothing in it can end the element or begin a comment. */
function writeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`)
}

function fill(page: BuiltFile, block: string): BuiltFile {
  const [before, ...after] = page.bytes.toString().split(END_OF_HEAD)
  return after.length === 0
    ? page
    : toBuiltFile('index.html', Buffer.from(`${before}${block}${END_OF_HEAD}${after.join(END_OF_HEAD)}`))
}

function withPage({ index: old, find }: BuiltFiles, index: BuiltFile): BuiltFiles {
  return {
    index,
    find: (path) => {
      const found = find(path)
      return found === old ? index : found
    },
  }
}
