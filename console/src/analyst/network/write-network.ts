import type { Core, EdgeSingular, NodeSingular } from 'cytoscape'
import { cleanText } from '../../components/clean-text.ts'
import type { ExportFrame } from '../../export/table-export.ts'
import type { Network, NetworkNode } from './network-graph.ts'
import { drawPlates, MOST_WORDED } from './network-look.ts'

/** How a file words what the network has as codes. */
export interface NetworkWords {
  readonly wordRelation: (relation: string) => string
  readonly wordHandling: (node: NetworkNode) => string
}

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

/** How many pixels a PNG has for each of the picture. */
const PNG_SCALE = 2

/** Writes the picture as it is on the page as SVG, with what else an export says below it. */
export function writeSvg(core: Core, frame: ExportFrame): Blob {
  const { x1, y1, w, h } = core.elements(':visible').boundingBox()
  const said = listLines(frame)
  const width = Math.max(w + 2 * MARGIN, 900)
  const height = h + 2 * MARGIN + said.length * LINE
  const lines = core.edges(':visible').map((edge) => drawEdge(edge))
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

function drawEdge(edge: EdgeSingular): string {
  const [from, to] = [edge.source().position(), edge.target().position()]
  const { relation, label = '' } = edge.data() as Readonly<Record<string, string>>
  const dashes = relation === 'SAME' ? ' stroke-dasharray="4 3"' : relation === 'HAS' ? ' stroke-dasharray="1 3"' : ''
  const line = `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke="#4c5863"${dashes}/>`
  const words = `<text x="${(from.x + to.x) / 2}" y="${(from.y + to.y) / 2}" font-size="9" text-anchor="middle" fill="#4c5863" paint-order="stroke" stroke="#fff" stroke-width="4">${escapeXml(label)}</text>`
  return edge.hasClass('named') && label !== '' ? `${line}${words}` : line
}

/** A card for a case with words, else the shape of its kind; the country's letters stand in it, or before the words. */
function drawNode(node: NodeSingular): string {
  const { x, y } = node.position()
  const { id, kind, label, color, edge = '#4c5863', isCard } = node.data() as Readonly<Record<string, string>>
  const look = `fill="${color}" stroke="${edge}" stroke-width="1.5"`
  const text = (at: number, words: string, size: number): string =>
    `<text x="${x}" y="${y + at}" font-size="${size}" text-anchor="middle">${escapeXml(words)}</text>`
  const [width, height] = [node.width(), node.height()]
  const isPlain = kind === 'person' ? `<circle cx="${x}" cy="${y}" r="${height / 2}" ${look}/>` : ''
  const turn = kind === 'number' ? ` transform="rotate(45 ${x} ${y})"` : ''
  const [fill, size] =
    Number(isCard) === 1 ? ['#f6f5f1', node.data('unit') * 11] : [color, node.data('unit') * 11 || 11]
  const box = `<rect x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="3" fill="${fill}" stroke="${edge}"${turn}/>`
  const country = kind === 'number' ? '' : `${(id ?? '').slice(0, 2)} `
  const lines = `${country}${(label ?? '').replace(/^[\u200c\s]+/, '')}`.split('\n')
  const first = Number(isCard) === 1 ? size * (lines.length > 1 ? -0.15 : 0.35) : height / 2 + size * 1.3
  return `${isPlain || box}${lines.map((line, at) => text(first + at * size * 1.25, line, size)).join('')}`
}

/** Draws the picture as it is on the page, with what else an export says below it, as PNG. */
export async function writePng(core: Core, frame: ExportFrame): Promise<Blob> {
  const picture = await createImageBitmap(
    await core.png({ output: 'blob-promise', full: true, scale: PNG_SCALE, bg: '#ffffff' }),
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
  const { x1, y1 } = core.elements().boundingBox()
  const placeOf = (node: NodeSingular) => {
    const { x, y } = node.position()
    return { x: (x - x1) * PNG_SCALE, y: (y - y1) * PNG_SCALE, scale: PNG_SCALE }
  }
  if (core.nodes().length <= MOST_WORDED) drawPlates(core, pen, placeOf)
  pen.textAlign = 'start'
  pen.textBaseline = 'alphabetic'
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
