/** Joins what several workers expose in Prometheus's text format: each sample gets the label `worker`, and each metric has its head once. */

/** One metric: its lines `# HELP` and `# TYPE`, and its samples. */
interface Family {
  readonly head: readonly string[]
  readonly samples: string[]
}

/**
 * Joins the texts of workers.
 * @param texts by the number of the worker.
 */
export function mergeMetrics(texts: ReadonlyMap<number, string>): string {
  const families = new Map<string, Family>()
  for (const [worker, text] of texts) for (const part of readFamilies(text)) add(families, part, worker)
  return [...families.values()].map(({ head, samples }) => `${[...head, ...samples].join('\n')}\n`).join('\n')
}

function add(families: Map<string, Family>, { name, head, samples }: Part, worker: number): void {
  const family = families.get(name) ?? { head, samples: [] }
  families.set(name, family)
  family.samples.push(...samples.map((sample) => addLabel(sample, worker)))
}

interface Part {
  readonly name: string
  readonly head: readonly string[]
  readonly samples: readonly string[]
}

/** Reads the metrics of one text. A metric begins with its `# HELP`, and all that follows belongs to it. */
function readFamilies(text: string): readonly Part[] {
  return text
    .split(/^(?=# HELP )/m)
    .map((part) => part.split('\n').filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines) => ({
      name: lines[0]?.split(' ')[2] ?? '',
      head: lines.filter((line) => line.startsWith('#')),
      samples: lines.filter((line) => !line.startsWith('#')),
    }))
}

/** Adds the label to a sample: `name{a="b"} 1` or `name 1`. The name itself has neither a brace nor a space. */
function addLabel(sample: string, worker: number): string {
  const [, name = '', labels, rest = ''] = /^([^{\s]+)(?:\{(.*)\})?( .*)$/.exec(sample) ?? []
  const others = labels === undefined || labels === '' ? '' : `,${labels.replace(/,$/, '')}`
  return `${name}{worker="${worker}"${others}}${rest}`
}
