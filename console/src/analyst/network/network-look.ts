import type { Core, NodeSingular, StylesheetStyle } from 'cytoscape'
import { cleanText } from '../../components/clean-text.ts'
import { mixesScripts } from '../../components/mixed-scripts.ts'
import { countryColor, lookOfCountry } from '../../look/country-colors.ts'
import { CHARACTER_PX } from './choose-labels.ts'
import type { NetworkNode } from './network-graph.ts'

/** The longest name that a node shows, in characters, and the longest offence. */
const LABEL_LENGTH = 32
const OFFENCE_LENGTH = 26

/** The most nodes whose plates, cards and edges have words: of more, nobody could read them, and each would be drawn in each frame. */
export const MOST_WORDED = 300

/** The size of a person on the screen, in pixels, and of the plate on a card. */
export const PERSON_PX = 32
const PLATE = { width: 21, height: 13, inset: 5 } as const
const CARD_HEIGHT_PX = 38

/** The room for the plate before the first line of a card: wide spaces, behind a character that keeps them from being trimmed. */
const PLATE_ROOM = '\u200c\u2003\u2003 '

/** The look of a network's tokens, in the theme of the page. */
export const tokenOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** The words of a node. A person's begin with the country where no plate says it, because two countries may know somebody by one name. */
export function labelOf({ id, kind, name, facts }: NetworkNode, isWorded: boolean): string {
  if (kind === 'case' && isWorded) {
    const offences = cleanText(facts?.offences?.join('; ') ?? '')
    return `${PLATE_ROOM}${shorten(cleanText(id.slice(3)), LABEL_LENGTH)}${offences && `\n${shorten(offences, OFFENCE_LENGTH)}`}`
  }
  const clean = cleanText(kind === 'person' && name !== null && !isWorded ? `${id.slice(0, 2)} ${name}` : (name ?? id))
  const short = shorten(clean, LABEL_LENGTH)
  return mixesScripts(clean) ? `${short} ⚠` : short
}

const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

/** The letters on a card, in pixels. */
export const CARD_LABEL_PX = 12

/** The size of the card with such words, in pixels. */
export function sizeOfCard(label: string): { readonly width: number; readonly height: number } {
  const lines = label.split('\n')
  const width = Math.max(...lines.map(measure)) + 2 * (PLATE.inset + 1)
  return { width: Math.ceil(width), height: lines.length > 1 ? CARD_HEIGHT_PX : CARD_HEIGHT_PX - 14 }
}

let measuring: CanvasRenderingContext2D | null = null

function measure(text: string): number {
  measuring ??= document.createElement('canvas').getContext('2d')
  if (measuring === null) return text.length * CHARACTER_PX
  measuring.font = `${CARD_LABEL_PX}px Inter, sans-serif`
  return measuring.measureText(text).width
}

/** The color of a node: that of the country whose record it is. A number belongs to none. */
export function colorOf({ id, kind }: Pick<NetworkNode, 'id' | 'kind'>, isDark?: boolean): string {
  return kind === 'number' ? tokenOf('--surface') || '#7a7a7a' : countryColor(id.slice(0, 2), isDark)
}

/** How a node of a small network is drawn: filled, outlined or tinted as the mark of its country. */
export function lookOf({ id, kind }: Pick<NetworkNode, 'id' | 'kind'>) {
  if (kind === 'number') return { color: tokenOf('--surface'), edge: tokenOf('--accent'), border: 1.8 }
  const { hue, fill } = lookOfCountry(id.slice(0, 2))
  const edge = tokenOf(hue === 0 ? '--line-2' : `--hue-${hue}`)
  const tint = tokenOf(`--hue-${hue || 1}-tint`)
  return { color: { solid: edge, line: tokenOf('--surface'), tint }[fill], edge, border: 2 }
}

/**
 * Draws the plates with the letters of the countries over a small network: in the circles of persons, and on the cards of cases.
 * @param placeOf where a node stands on the canvas, and how many of its pixels a unit of the picture has.
 */
export function drawPlates(
  core: Core,
  pen: CanvasRenderingContext2D,
  placeOf: (node: NodeSingular) => { readonly x: number; readonly y: number; readonly scale: number },
): void {
  const [ink, surface] = [tokenOf('--ink'), tokenOf('--surface')]
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  core.nodes(':visible').forEach((node) => {
    const { kind, id, isCard } = node.data() as { kind: string; id: string; isCard: number }
    const { x, y, scale } = placeOf(node)
    const code = id.slice(0, 2)
    const { hue, fill } = lookOfCountry(code)
    const color = tokenOf(hue === 0 ? '--ink-2' : `--hue-${hue}`)
    const on = fill === 'solid' ? tokenOf(`--hue-${hue || 1}-on`) : fill === 'line' ? color : ink
    const letters = (11 * node.height() * scale) / PERSON_PX
    if (kind !== 'number' && isCard !== 1 && letters >= 6) {
      pen.fillStyle = on
      pen.font = `700 ${letters}px Inter, sans-serif`
      pen.fillText(code, x, y)
    }
    if (isCard !== 1) return
    const size = node.data('unit') * scale
    const [width, height] = [PLATE.width * size, PLATE.height * size]
    const left = x - (node.width() * scale) / 2 + PLATE.inset * size
    const top = y - (node.height() * scale) / 2 + PLATE.inset * size
    pen.fillStyle = fill === 'solid' ? color : fill === 'tint' ? tokenOf(`--hue-${hue || 1}-tint`) : surface
    pen.strokeStyle = fill === 'tint' ? pen.fillStyle : color
    pen.lineWidth = 1.3 * size
    pen.beginPath()
    pen.roundRect(left, top, width, height, 2.5 * size)
    pen.fill()
    pen.stroke()
    pen.fillStyle = on
    pen.font = `700 ${9.5 * size}px Inter, sans-serif`
    pen.fillText(code, left + width / 2, top + height / 2)
  })
}

/** The look of nodes and edges, in the colors of the page. Kinds differ in shape and not only in color. */
export function stylesOf(): StylesheetStyle[] {
  const paper = { 'text-background-color': tokenOf('--surface'), 'text-background-opacity': 1 }
  const [ink, accent] = [tokenOf('--ink'), tokenOf('--accent')]
  const border = { 'border-width': 'data(border)', 'border-color': 'data(edge)' }
  return [
    { selector: 'node', style: { width: 22, height: 22, 'background-color': 'data(color)' } },
    { selector: 'node[edge]', style: border as Record<string, string> },
    {
      selector: '.named',
      style: { label: 'data(label)', color: ink, 'z-index': 1, 'font-family': 'Inter, sans-serif', ...paper },
    },
    { selector: 'node[kind = "case"]', style: { shape: 'round-rectangle' } },
    { selector: 'node[kind = "number"]', style: { shape: 'diamond' } },
    {
      selector: 'node[isCard = 1]',
      style: {
        'background-color': tokenOf('--paper'),
        'border-color': tokenOf('--line-2'),
        'border-width': 1.2,
        'text-wrap': 'wrap',
        'text-justification': 'left',
        'text-background-opacity': 0,
        'text-max-width': '9999px',
        'line-height': 1.15,
      },
    },
    { selector: 'node[isStart = 1]', style: { 'border-width': 4, 'border-color': accent, 'font-weight': 'bold' } },
    { selector: '.pinned', style: { 'border-width': 3, 'border-style': 'double', 'border-color': ink } },
    { selector: '.found', style: { 'border-width': 5, 'border-color': tokenOf('--red') } },
    { selector: '.chosen', style: { 'overlay-color': accent, 'overlay-opacity': 0.18, 'overlay-padding': 5 } },
    { selector: 'edge', style: { width: 1.4, 'line-color': tokenOf('--ink-2'), 'curve-style': 'haystack' } },
    {
      selector: 'edge[relation = "SAME"]',
      style: { 'line-style': 'dashed', width: 2.4, 'line-color': accent },
    },
    { selector: 'edge[relation = "HAS"]', style: { 'line-style': 'dotted', width: 1.8, 'line-color': accent } },
    { selector: 'edge.named', style: { color: tokenOf('--ink-2'), 'text-background-padding': '2px' } },
  ]
}
