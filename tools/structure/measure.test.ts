import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { drawBoxes } from './boxes.ts'
import { toMarkdown } from './markdown.ts'
import { measureStructure } from './measure.ts'
import { parseModule } from './modules.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'structure-'))
afterAll(() => rmSync(FOLDER, { recursive: true }))

const LONG_FUNCTION = `/** Documented. */\nexport function long() {\n${'  void 0\n'.repeat(60)}}\n`

const FILES = {
  'package.json': '{ "dependencies": { "a": "1", "b": "1" }, "devDependencies": { "c": "1" } }',
  'house/package.json': '{ "optionalDependencies": { "d": "1" } }',
  'house/node_modules/d/package.json': '{ "dependencies": { "e": "1" } }',
  'house/main.ts': "import './kitchen/cook.ts'\nimport '../street/road.ts'\n",
  'house/kitchen/cook.ts': "import './stove.ts'\nimport { long } from '../cellar.ts'\nexport const a = long\n",
  'house/kitchen/stove.ts': "import '../cellar.ts'\n",
  'house/kitchen/cook.test.ts': "import '../../street/road.ts'\n",
  'house/cellar.ts': LONG_FUNCTION,
  'street/road.ts': "import type {} from './lane.ts'\n",
  'street/lane.ts': `import './road.ts'\n${'\n'.repeat(300)}`,
  'tests/walk.test.ts': 'export const undocumented = 1\n',
}

for (const [name, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(FOLDER, name)), { recursive: true })
  writeFileSync(join(FOLDER, name), text)
}

describe('the figures of a checkout', () => {
  const found = measureStructure(FOLDER, ['house', ''])

  it('count production files and their lines', () => {
    expect(found.files).toEqual({ count: 6, p50: 2, p95: 301, max: 301 })
    expect(found.longFiles).toEqual([{ path: 'street/lane.ts', lines: 301 }])
  })

  it('name functions over 60 lines and exports without docstring', () => {
    expect(found.functions).toEqual({ count: 1, p50: 62, p95: 62, max: 62 })
    expect(found.longFunctions).toEqual([{ at: 'house/cellar.ts:2', lines: 62 }])
    expect(found.undocumented).toEqual(['house/kitchen/cook.ts:3'])
  })

  it('show a folder’s children as boxes, with one arrow for each pair', () => {
    expect(found.graphs.house).toEqual({
      boxes: ['cellar.ts', 'kitchen', 'main.ts'],
      arrows: ['kitchen → cellar.ts', 'main.ts → kitchen'],
      floors: 3,
      circles: [],
    })
    expect(found.graphs['']).toMatchObject({ boxes: ['house', 'street'], arrows: ['house → street'], floors: 2 })
  })

  it('include import cycles and the number of dependencies of each package', () => {
    expect(found.cycles).toEqual(['street/road.ts → street/lane.ts → street/road.ts'])
    expect(found.packages).toEqual([
      { path: 'package.json', dependencies: 2, optional: 0, development: 1 },
      { path: 'house/package.json', dependencies: 0, optional: 1, development: 0 },
    ])
  })

  it('are printed as a table, followed by places', () => {
    const page = toMarkdown(found)
    expect(page).toContain('| import graph of `house/` | 3 boxes on 3 floors, 2 arrows |')
    expect(page).toContain('- `house/cellar.ts:2` 62')
  })
})

describe('boxes that import each other in a circle', () => {
  it('count together as one floor', () => {
    const texts = { 'f/a.ts': "import './b.ts'", 'f/b.ts': "import './c.ts'", 'f/c.ts': "import './b.ts'" }
    const modules = Object.entries(texts).map(([path, text]) => parseModule(path, text))
    expect(drawBoxes(modules, 'f')).toMatchObject({ floors: 2, circles: [['b.ts', 'c.ts']] })
  })
})
