import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** ARCHITECTURE.md says of each captured part which test shows what it cannot do. A test that was renamed or removed shows nothing. */

const ROOT = join(import.meta.dirname, '../..')

interface Citation {
  readonly file: string
  readonly titles: readonly string[]
}

async function readRows(): Promise<readonly (readonly string[])[]> {
  const [, section = ''] = (await readFile(join(ROOT, 'ARCHITECTURE.md'), 'utf8')).split(
    '### What one captured part can do',
  )
  const [text = ''] = section.split('\n### ', 1)
  const rows = text.split('\n').filter((line) => line.startsWith('| '))
  return rows.slice(1).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** Reads `path, «title», «title»; path, «title»`. */
function citationsIn(cell: string): readonly Citation[] {
  return cell.split(';').map((part) => ({
    file: /[\w./-]+\.ts/.exec(part)?.[0] ?? part,
    titles: [...part.matchAll(/«([^»]+)»/g)].map(([, title = '']) => title),
  }))
}

it('each claim about a captured part names a test that exists', async () => {
  const rows = await readRows()
  expect(rows.length).toBeGreaterThan(10)
  for (const { file, titles } of rows.flatMap((cells) => citationsIn(cells[3] ?? ''))) {
    const text = await readFile(join(ROOT, file), 'utf8').catch(() => '')
    expect({ file, missing: titles.filter((title) => !text.includes(title)) }).toEqual({ file, missing: [] })
    expect(titles.length, file).toBeGreaterThan(0)
  }
})

it('each part that one must trust has a row: gateway, authority, login provider, node, tool with its server, and the network', async () => {
  const parts = (await readRows()).flatMap(([part = '']) =>
    [...part.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name),
  )
  expect(parts).toEqual([
    ...[
      'gateway',
      'authority',
      'login provider',
      'node',
      "officer's tool",
      "console's server",
      'somebody on the network',
    ],
  ])
})
