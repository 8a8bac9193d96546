/**
 * `npm run structure`: prints figures about the layout of a checkout, so that they can be compared before and after a change.
 *
 * The import graph of a folder: each direct child of the folder, file or subfolder, is a box. An arrow is an import from a file in
 * one box to a file in another box, counted once per pair. The number of floors is the number of boxes on the longest path of arrows.
 * Boxes that import each other in a circle count as one. Tests and developers’ tools do not count.
 */
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { toMarkdown } from './markdown.ts'
import { measureStructure } from './measure.ts'
import { ROOT } from './modules.ts'

const STRUCTURE = {
  name: 'npm run structure --',
  description: 'Prints figures about the layout of a checkout.',
  options: {
    root: { flag: 'root', value: 'dir', meaning: 'the checkout to measure; without this option, this checkout' },
    folder: {
      flag: 'folder',
      value: 'name',
      meaning: 'a folder whose import graph is drawn; without this option, gateway; the top level is always drawn',
      isRepeated: true,
    },
    json: { flag: 'json', value: null, meaning: 'print JSON instead of Markdown, with all boxes and arrows' },
  },
} as const satisfies CommandSpec

await runCommand(STRUCTURE, process.argv.slice(2), ({ root = ROOT, folder, json }) => {
  const folders = folder.length > 0 ? folder : ['gateway']
  const structure = measureStructure(root, [...folders, ''])
  process.stdout.write(`${json ? JSON.stringify(structure, null, 2) : toMarkdown(structure)}\n`)
})
