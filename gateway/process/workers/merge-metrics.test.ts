import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeMetrics } from './merge-metrics.ts'

const ONE = `# HELP a_total Requests.
# TYPE a_total counter
a_total{path="/x",code="{,}"} 1
a_total 2

# HELP b Bytes.
# TYPE b gauge
b 3
`

describe('the metrics of several workers', () => {
  it('have one head for each metric, and the worker at each sample', () => {
    expect(
      mergeMetrics(
        new Map([
          [1, ONE],
          [2, ONE],
        ]),
      ),
    ).toBe(`# HELP a_total Requests.
# TYPE a_total counter
a_total{worker="1",path="/x",code="{,}"} 1
a_total{worker="1"} 2
a_total{worker="2",path="/x",code="{,}"} 1
a_total{worker="2"} 2

# HELP b Bytes.
# TYPE b gauge
b{worker="1"} 3
b{worker="2"} 3
`)
  })

  it('have a metric that only one of them has', () => {
    const other = '# HELP c Only here.\n# TYPE c gauge\nc 1\n'
    expect(
      mergeMetrics(
        new Map([
          [1, ONE],
          [2, other],
        ]),
      ),
    ).toContain('# TYPE c gauge\nc{worker="2"} 1\n')
  })

  it('have each sample of each worker once, whatever its labels say', () => {
    const quote = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    const label = fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/), fc.string({ maxLength: 8 }))
    const sample = fc.tuple(fc.array(label, { maxLength: 3 }), fc.integer())
    const metric = fc.tuple(fc.constantFrom('m_a', 'm_b', 'm_c'), fc.array(sample, { minLength: 1, maxLength: 3 }))
    const worker = fc.uniqueArray(metric, { selector: ([name]) => name })
    fc.assert(
      fc.property(fc.array(worker, { minLength: 1, maxLength: 3 }), (workers) => {
        const write = (own: string, labels: readonly string[]) =>
          `${own}${labels.length === 0 ? '' : `{${labels.join(',')}}`}`
        const linesOf = (metrics: (typeof workers)[number], extra: readonly string[]) =>
          metrics.map(([name, samples]) => ({
            name,
            lines: samples.map(([labels, value]) => {
              const own = labels.map(([key, text]) => `${key}="${quote(text)}"`)
              return `${write(name, [...extra, ...own])} ${value}`
            }),
          }))
        const text = (metrics: (typeof workers)[number]) =>
          linesOf(metrics, [])
            .map(({ name, lines }) => `# HELP ${name} h\n# TYPE ${name} gauge\n${lines.join('\n')}\n`)
            .join('\n')
        const merged = mergeMetrics(new Map(workers.map((metrics, at) => [at + 1, text(metrics)])))
        const came = merged.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
        const expected = workers.flatMap((metrics, at) =>
          linesOf(metrics, [`worker="${at + 1}"`]).flatMap(({ lines }) => lines),
        )
        expect(came.toSorted()).toEqual(expected.toSorted())
        const heads = merged.split('\n').filter((line) => line.startsWith('# TYPE'))
        expect(new Set(heads).size).toBe(heads.length)
      }),
    )
  })
})
