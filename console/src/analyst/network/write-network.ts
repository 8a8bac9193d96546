import type { Core, NodeSingular } from 'cytoscape'
import { cleanText } from '../../components/clean-text.ts'
import type { ExportFrame } from '../../export/table-export.ts'
import { chooseColor } from '../colors.ts'
import type { Network, NetworkNode } from './network-graph.ts'

/** How a file words what the network has as codes. */
export interface NetworkWords {
  readonly wordRelation: (relation: string) => string
  readonly wordHandling: (node: NetworkNode) => string
}

/** The color of a node: that of the country whose record it is. A number belongs to none. */
export function colorOf({ id, kind }: Pick<NetworkNode, 'id' | 'kind'>): string {
  if (kind === 'number') return '#7a7a7a'
  const known = COUNTRIES.indexOf(id.slice(0, 2))
  return chooseColor(known < 0 ? COUNTRIES.length : known)
}

/** The countries of the region, each with a color of its own. */
const COUNTRIES = ['GT', 'HN', 'SV', 'CR', 'PA', 'NI', 'BZ', 'DO', 'MX']

/** Writes a network as GraphML, with how each record may be used, and what else an export says. */
export function writeGraphMl({ nodes, edges }: Network, { facts }: ExportFrame, words: NetworkWords): Blob {
  const keys = ['kind', 'name', 'country', 'handling'].map(
    (name) => `<key id="${name}" for="node" attr.name="${name}" attr.type="string"/>`,
  )
  const data = (key: string, text: string): string => `<data key="${key}">${escapeXml(text)}</data>`
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keys,
    '<key id="relation" for="edge" attr.name="relation" attr.type="string"/>',
    '<key id="about" for="graph" attr.name="about" attr.type="string"/>',
    '<graph edgedefault="undirected">',
    data('about', listLines({ facts }).join('\n')),
    ...[...nodes.values()].map((node) => {
      const { id, kind, name } = node
      const own = [data('kind', kind), data('name', name ?? ''), data('handling', words.wordHandling(node))]
      return `<node id="${escapeXml(id)}">${own.join('')}${data('country', kind === 'number' ? '' : id.slice(0, 2))}</node>`
    }),
    ...edges.map(
      ({ from, to, relation }) =>
        `<edge source="${escapeXml(from)}" target="${escapeXml(to)}">${data('relation', words.wordRelation(relation))}</edge>`,
    ),
    '</graph>',
    '</graphml>',
  ]
  return new Blob([lines.join('\n')], { type: 'application/graphml+xml' })
}

const MARGIN = 30
const LINE = 16

/** Writes the picture as it is on the page as SVG, with what else an export says below it. */
export function writeSvg(core: Core, frame: ExportFrame): Blob {
  const { x1, y1, w, h } = core.elements(':visible').boundingBox()
  const said = listLines(frame)
  const width = Math.max(w + 2 * MARGIN, 900)
  const height = h + 2 * MARGIN + said.length * LINE
  const lines = core.edges(':visible').map((edge) => {
    const [from, to] = [edge.source().position(), edge.target().position()]
    const isSame = edge.data('relation') === 'SAME'
    return `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke="#4c5863"${isSame ? ' stroke-dasharray="4 3"' : ''}/>`
  })
  const shapes = core.nodes(':visible').map((node) => drawNode(node))
  const texts = said.map(
    (line, at) => `<text x="${x1}" y="${y1 + h + MARGIN + (at + 1) * LINE}" font-size="11">${escapeXml(line)}</text>`,
  )
  const box = `${x1 - MARGIN} ${y1 - MARGIN} ${width} ${height}`
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" width="${width}" height="${height}" font-family="sans-serif">`,
    ...[...lines, ...shapes, ...texts],
    '</svg>',
  ]
  return new Blob([svg.join('\n')], { type: 'image/svg+xml' })
}

function drawNode(node: NodeSingular): string {
  const { x, y } = node.position()
  const { kind, label, color } = node.data() as Readonly<Record<'kind' | 'label' | 'color', string>>
  const turn = kind === 'number' ? ` transform="rotate(45 ${x} ${y})"` : ''
  const shape =
    kind === 'person'
      ? `<circle cx="${x}" cy="${y}" r="11" fill="${color}"/>`
      : `<rect x="${x - 10}" y="${y - 10}" width="20" height="20" fill="${color}"${turn}/>`
  return `${shape}<text x="${x}" y="${y + 24}" font-size="11" text-anchor="middle">${escapeXml(label)}</text>`
}

/** Draws the picture as it is on the page, with what else an export says below it, as PNG. */
export async function writePng(core: Core, frame: ExportFrame): Promise<Blob> {
  const picture = await createImageBitmap(
    await core.png({ output: 'blob-promise', full: true, scale: 2, bg: '#ffffff' }),
  )
  const said = listLines(frame)
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(picture.width, 1_600)
  canvas.height = picture.height + (said.length + 2) * 2 * LINE
  const pen = canvas.getContext('2d')
  if (pen === null) throw new Error('expected a browser that draws')
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(picture, 0, 0)
  pen.fillStyle = '#16212b'
  pen.font = '22px sans-serif'
  for (const [at, line] of said.entries()) pen.fillText(line, MARGIN, picture.height + (at + 1) * 2 * LINE)
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('expected a picture; came none')) : resolve(blob)),
      'image/png',
    )
  })
}

function listLines({ facts }: ExportFrame): readonly string[] {
  return facts.map(([label, value]) => (value === '' ? label : `${label}: ${value}`))
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Makes of a text what XML shows as it is, without characters that XML cannot hold. */
function escapeXml(text: string): string {
  return cleanText(text).replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? '')
}
