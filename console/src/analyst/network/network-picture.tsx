import cytoscape, { type Core, type Css, type EdgeSingular, type NodeSingular } from 'cytoscape'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { CHARACTER_PX, chooseLabels, LABEL_GAP_PX, LABEL_PX, LABEL_SIDES, type LabelSide } from './choose-labels.ts'
import { idOfEdge, type Network } from './network-graph.ts'
import {
  CARD_LABEL_PX,
  colorOf,
  drawPlates,
  labelOf,
  lookOf,
  MOST_WORDED,
  PERSON_PX,
  sizeOfCard,
  stylesOf,
} from './network-look.ts'
import { placeByHops } from './place-by-hops.ts'
import { spreadNodes } from './spread-nodes.ts'

/** How the forces of a simulation place nodes: with room for names. Their simulation takes a second for a few hundred nodes, and minutes for thousands. */
const FORCES = {
  nodeDimensionsIncludeLabels: true,
  idealEdgeLength: () => 70,
  nodeRepulsion: () => 12_000,
} as const

/** Below this scale, nodes become smaller on the screen. */
const LEAST_SIZED = 0.5

/** The height of a person with the name below, in pixels. */
const NAMED_PX = 58

/** How far below its node the middle of a node with its name is, in pixels. */
const NAME_BELOW_PX = 12

/** The size of a number on the screen, in pixels. */
const NUMBER_PX = 20

/** How much more room than its nodes a network has. */
const MOST_TAKEN = 2.6

/** From which width on the panel stands beside the network, in pixels. */
const WIDE_PX = 900

/** How long after the last change of the scale the names are chosen again, in milliseconds. */
const RELABEL_MS = 120

/** The id of the style element that cytoscape adds to a page, unless something has it. The page's policy would refuse the element, and our own style sheet has its one rule. */
const STYLE_ID = '__________cytoscape_stylesheet'

/** The network as a picture. A node that was placed stays where it is when the network grows. */
export function NetworkPicture({
  network,
  start,
  marks,
  onChoose,
  onDrawn,
}: {
  readonly network: Network
  readonly start: string
  readonly marks: PictureMarks
  /** Is told the id of a node or an edge, and null for what is neither. */
  readonly onChoose: (id: string | null) => void
  /** Is told the picture once it is there, and null when it is gone. */
  readonly onDrawn: (picture: Core | null) => void
}) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  const plates = useRef<HTMLCanvasElement>(null)
  const picture = useRef<Core | null>(null)
  const tell = useRef({ onChoose, onDrawn })
  tell.current = { onChoose, onDrawn }
  useEffect(() => {
    const { core, end } = draw(place.current, plates, (id) => tell.current.onChoose(id))
    picture.current = core
    tell.current.onDrawn(core)
    return () => {
      end()
      picture.current = null
      tell.current.onDrawn(null)
    }
  }, [])
  useEffect(() => {
    if (picture.current === null) return
    grow(picture.current, network, start, (relation) => t(`network.as.${relation}`, { defaultValue: '' }))
    mark(picture.current, marks)
    relabel(picture.current)
  }, [network, start, marks, t])
  return (
    <>
      <div
        ref={place}
        className="graph"
        role="img"
        aria-label={`${t('network.nodes', { count: network.nodes.size, shown: network.nodes.size })}. ${t('network.table')}`}
      />
      <div className="plates" aria-hidden="true">
        <canvas ref={plates} />
      </div>
    </>
  )
}

/** Makes an empty picture. */
function draw(
  container: HTMLElement | null,
  plates: { readonly current: HTMLCanvasElement | null },
  choose: (id: string | null) => void,
): { readonly core: Core; end(): void } {
  markStyle()
  const core = cytoscape({
    container,
    style: stylesOf(),
    // Five thousand nodes fit into the frame.
    minZoom: 0.04,
    maxZoom: 4,
    // Thousands of nodes are moved as one picture.
    textureOnViewport: true,
    hideEdgesOnViewport: false,
    // Sharp letters on a fine screen; more than twice as fine would only be slow.
    pixelRatio: Math.min(devicePixelRatio, 2),
  })
  const cancel = relabelOnZoom(core)
  core.on('tap', ({ target }) => choose(target === core ? null : target.id()))
  core.on('render', () => showPlates(core, plates.current))
  const end = (): void => {
    cancel()
    core.destroy()
  }
  return { core, end }
}

/** What the officer has done to nodes of the picture, by their ids. */
export interface PictureMarks {
  readonly hidden: ReadonlySet<string>
  readonly pinned: ReadonlySet<string>
  /** Those that a search in the picture has found. */
  readonly found: ReadonlySet<string>
  readonly chosen?: string | null
}

/** Draws the plates of countries over what was drawn. */
function showPlates(core: Core, canvas: HTMLCanvasElement | null): void {
  const pen = canvas?.getContext('2d') ?? null
  if (canvas === null || pen === null) return
  const ratio = Math.min(devicePixelRatio, 2)
  const [width, height] = [Math.round(core.width() * ratio), Math.round(core.height() * ratio)]
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  else pen.clearRect(0, 0, width, height)
  if (core.nodes().length > MOST_WORDED) return
  drawPlates(core, pen, (node) => {
    const { x, y } = node.renderedPosition()
    return { x: x * ratio, y: y * ratio, scale: core.zoom() * ratio }
  })
}

function mark(core: Core, { hidden, pinned, found, chosen = null }: PictureMarks): void {
  core.batch(() => {
    core.nodes().forEach((node: NodeSingular) => {
      const id = node.id()
      node.style('display', hidden.has(id) ? 'none' : 'element')
      node.toggleClass('found', found.has(id)).toggleClass('pinned', pinned.has(id))
      if (pinned.has(id)) node.lock()
      else node.unlock()
    })
    core.elements().removeClass('chosen')
    if (chosen !== null) core.getElementById(chosen).addClass('chosen')
  })
}

function markStyle(): void {
  if (document.getElementById(STYLE_ID) !== null) return
  const mark = document.createElement('meta')
  mark.id = STYLE_ID
  document.head.append(mark)
}

/** Chooses the names again when the scale has changed. Returns what ends this. */
function relabelOnZoom(core: Core): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  core.on('zoom', () => {
    clearTimeout(timer)
    timer = setTimeout(() => relabel(core), RELABEL_MS)
  })
  core.on('dragfree', 'node', () => relabel(core))
  return () => clearTimeout(timer)
}

/** Shows the words that there is room for, in letters of the same size at each scale. In a small network, cases have cards and edges have words too. */
function relabel(core: Core): void {
  const zoom = core.zoom()
  const isWorded = core.nodes().length <= MOST_WORDED
  if (isWorded) resize(core, zoom)
  const nodes = core.nodes(':visible').map((node) => {
    const { x, y } = node.position()
    const { label, isStart, kind } = node.data()
    const weight = isStart === 1 ? Number.POSITIVE_INFINITY : node.degree(false)
    const card = isWorded && kind === 'case' ? { card: sizeOfCard(label) } : {}
    return { id: node.id(), x, y, radius: node.height() / 2, length: String(label).length, weight, ...card }
  })
  const edges = isWorded ? core.edges(':visible').map((edge) => toLabelled(edge, zoom)) : []
  const chosen = chooseLabels([...nodes, ...edges.filter((edge) => edge !== null)], zoom)
  core.batch(() => {
    core.elements().forEach((each) => void each.toggleClass('named', chosen.has(each.id())))
    core.edges('.named').style('font-size', (LABEL_PX - 2) / zoom)
    for (const side of [...LABEL_SIDES, 'center'] as const) {
      const on = core.nodes('.named').filter((node) => chosen.get(node.id()) === side)
      on.style(styleOfSide(side, zoom))
      if (side === 'center') on.forEach((node) => void toCard(node, zoom))
    }
  })
}

/** Gives nodes the same size on the screen at each scale, except where the scale is very small. */
function resize(core: Core, zoom: number): void {
  const unit = 1 / Math.max(zoom, LEAST_SIZED)
  core.batch(() => {
    core.nodes().forEach((node) => {
      const size = node.data('kind') === 'number' ? NUMBER_PX : PERSON_PX
      node.data('isCard', 0).style({ width: size * unit, height: size * unit })
    })
  })
}

function toCard(node: NodeSingular, zoom: number): void {
  const { width, height } = sizeOfCard(node.data('label'))
  node.data({ isCard: 1, unit: 1 / zoom }).style({ width: width / zoom, height: height / zoom })
  node.style('font-size', CARD_LABEL_PX / zoom)
}

/** The words of an edge, if they are shorter than the edge. */
function toLabelled(edge: EdgeSingular, zoom: number) {
  const [from, to] = [edge.source().position(), edge.target().position()]
  const { length } = String(edge.data('label'))
  const width = length * CHARACTER_PX * 0.9 + 6
  if (length === 0 || Math.hypot(from.x - to.x, from.y - to.y) * zoom < width + 2 * PERSON_PX) return null
  const place = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, radius: 0, length, weight: -1 }
  return { id: edge.id(), ...place, card: { width, height: 18 } }
}

/** Puts a name on a side of its node, as large and as far away as on the page. */
function styleOfSide(side: LabelSide, zoom: number): Css.Node {
  const gap = LABEL_GAP_PX / zoom
  const size = { 'font-size': LABEL_PX / zoom, 'text-margin-x': 0, 'text-margin-y': 0 }
  if (side === 'center') return { ...size, 'text-halign': side, 'text-valign': side }
  if (side === 'bottom') return { ...size, 'text-halign': 'center', 'text-valign': side, 'text-margin-y': gap }
  if (side === 'top') return { ...size, 'text-halign': 'center', 'text-valign': side, 'text-margin-y': -gap }
  return { ...size, 'text-halign': side, 'text-valign': 'center', 'text-margin-x': side === 'right' ? gap : -gap }
}

/** Adds what is new, and lays it out around what is there. */
function grow(core: Core, network: Network, start: string, wordRole: (relation: string) => string): void {
  const { nodes, edges } = network
  const isWorded = nodes.size <= MOST_WORDED
  const added = [...nodes.values()].filter(({ id }) => core.getElementById(id).empty())
  const known = core.nodes()
  core.batch(() => {
    // What was read later says more of who was there: an offence, or a name.
    for (const node of nodes.values()) core.getElementById(node.id).data('label', labelOf(node, isWorded))
    core.add(
      added.map((node) => ({
        group: 'nodes' as const,
        data: {
          id: node.id,
          kind: node.kind,
          label: labelOf(node, isWorded),
          color: colorOf(node),
          ...(isWorded && lookOf(node)),
          isStart: node.id === start ? 1 : 0,
        },
      })),
    )
    for (const edge of edges) {
      const id = idOfEdge(edge)
      if (core.getElementById(id).nonempty()) continue
      const data = { id, source: edge.from, target: edge.to, relation: edge.relation, label: wordRole(edge.relation) }
      core.add({ group: 'edges', data })
    }
  })
  if (added.length === 0) return
  if (!isWorded) {
    const box = known.boundingBox()
    const emptyRadius = known.empty() ? 0 : Math.hypot(Math.max(-box.x1, box.x2), Math.max(-box.y1, box.y2))
    const places = placeByHops(network, start, { added: added.map(({ id }) => id), emptyRadius })
    core.batch(() => {
      for (const [id, { x, y }] of places) core.getElementById(id).position({ x, y })
    })
    if (known.empty()) core.fit(undefined, 20)
    return
  }
  known.lock()
  core.layout({ name: 'cose', animate: false, randomize: known.empty(), fit: false, ...FORCES }).run()
  known.unlock()
  spread(core, new Set(known.map((node) => node.id())))
}

/** Spreads a network over the part of the frame that no control covers; what was there stays where it is. */
function spread(core: Core, known: ReadonlySet<string>): void {
  const frame = freeFrame(core)
  const zoom = known.size === 0 ? 1 : core.zoom()
  const boxes = core.nodes().map((node) => {
    const { x, y } = node.position()
    const label = String(node.data('label'))
    const isCase = node.data('kind') === 'case'
    const { width, height } = isCase ? sizeOfCard(label) : { width: label.length * CHARACTER_PX, height: NAMED_PX }
    const below = isCase ? 0 : NAME_BELOW_PX / zoom
    return {
      id: node.id(),
      x,
      y: y + below,
      below,
      width: width / zoom,
      height: height / zoom,
      isFixed: known.has(node.id()),
    }
  })
  const taken = boxes.reduce((sum, { width, height }) => sum + width * height, 0)
  const larger = Math.sqrt(Math.max(1, (MOST_TAKEN * taken) / (frame.width * frame.height)))
  const places = spreadNodes(boxes, { width: frame.width * larger, height: frame.height * larger })
  core.batch(() => {
    for (const { id, below } of boxes) {
      const place = places.get(id)
      if (place !== undefined) core.getElementById(id).position({ x: place.x, y: place.y - below })
    }
  })
  if (known.size > 0) fitToFrame(core)
  else core.viewport({ zoom: 1 / larger, pan: { x: frame.left, y: frame.top } })
}

/** The part of the frame that no control covers. */
function freeFrame(core: Core) {
  const isWide = core.width() >= WIDE_PX
  const [left, top] = isWide ? [16, 52] : [10, 52]
  return {
    left,
    top,
    width: core.width() - left - (isWide ? 336 : 10),
    height: core.height() - top - (isWide ? 64 : 20),
  }
}

/** Shows all of the network in the part of the frame that no control covers. */
export function fitToFrame(core: Core): void {
  const { left, top, width, height } = freeFrame(core)
  const box = core.nodes(':visible').boundingBox({ includeLabels: false })
  if (core.nodes().length > MOST_WORDED) {
    core.fit(undefined, 20)
    return
  }
  // The margin is room for cards and names, which have one size at each scale.
  const [marginX, marginY] = [90, 34]
  const zoom = Math.min((width - 2 * marginX) / (box.w || 1), (height - 2 * marginY) / (box.h || 1), 1.4)
  const pan = { x: left + width / 2 - zoom * (box.x1 + box.w / 2), y: top + height / 2 - zoom * (box.y1 + box.h / 2) }
  core.viewport({ zoom, pan })
}
