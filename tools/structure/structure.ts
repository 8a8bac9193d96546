/**
 * Prints the figures by which we judge the layout of a checkout, before and after a change: `npm run structure`.
 *
 * - `--root DIR` measures another checkout. Default: this one.
 * - `--folder NAME` draws the import graph of that folder; may be repeated. Default: `gateway`. The top level is always drawn.
 * - `--json` prints JSON instead of Markdown, with all boxes and arrows.
 *
 * The import graph of a folder: each direct child of the folder, file or subfolder, is a box. An arrow is an import from a file in
 * one box to a file in another box, counted once per pair. The floors are the boxes on the longest path of arrows; boxes
 * that import each other in a circle count as one. Tests and developers' tools are left out.
 */
import { parseArgs } from 'node:util'
import { toMarkdown } from './markdown.ts'
import { measureStructure } from './measure.ts'
import { ROOT } from './modules.ts'

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: ROOT },
    folder: { type: 'string', multiple: true, default: ['gateway'] },
    json: { type: 'boolean', default: false },
  },
})
const structure = measureStructure(values.root, [...values.folder, ''])
process.stdout.write(`${values.json ? JSON.stringify(structure, null, 2) : toMarkdown(structure)}\n`)
