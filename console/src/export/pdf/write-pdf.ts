import { AFRelationship, PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib'
import { type LaidPage, layOutPages, MARGIN, type PrintedFile } from './lay-out-pages.ts'

/** The name of the table that is attached to a PDF file. */
const ATTACHED = 'istmo.csv'

/** What a PDF file is written from. */
export interface PdfContent extends Omit<PrintedFile, 'picture'> {
  /** As PNG. */
  readonly picture?: Blob | undefined
  /** The file that an export as CSV would be. It is attached. */
  readonly csv: string
}

/**
 * Writes a PDF file: its parts on pages, with the table itself attached, where letters are whole that the fonts lack. It uses the fonts that each reader
 * has.
 */
export async function writePdf(content: PdfContent): Promise<Blob> {
  const document = await PDFDocument.create()
  const [plain, bold] = [
    await document.embedFont(StandardFonts.Helvetica),
    await document.embedFont(StandardFonts.HelveticaBold),
  ]
  const fontOf = (isBold: boolean): PDFFont => (isBold ? bold : plain)
  document.setTitle(content.title)
  document.setLanguage(content.language)
  document.setCreator('Istmo')
  document.setProducer('Istmo')
  const png = content.picture === undefined ? null : await document.embedPng(await content.picture.arrayBuffer())
  const pages = layOutPages({ ...content, picture: png }, (text, size, isBold) =>
    fontOf(isBold).widthOfTextAtSize(text, size),
  )
  for (const laid of pages) {
    const page = document.addPage([laid.width, laid.height])
    if (png !== null && laid.picture !== null) page.drawImage(png, laid.picture)
    drawPage(page, laid, fontOf)
  }
  const afRelationship = AFRelationship.Source
  await document.attach(new TextEncoder().encode(content.csv), ATTACHED, { mimeType: 'text/csv', afRelationship })
  const bytes = await document.save({ useObjectStreams: false })
  return new Blob([new Uint8Array(bytes)], { type: 'application/pdf' })
}

/** The ink of the console's light look, what names something else, and thin lines. */
const [INK, QUIET, RULE] = [rgb(0.086, 0.129, 0.169), rgb(0.298, 0.345, 0.388), rgb(0.76, 0.75, 0.72)]

function drawPage(page: PDFPage, { width, texts, lines }: LaidPage, fontOf: (isBold: boolean) => PDFFont): void {
  for (const y of lines) {
    page.drawLine({ start: { x: MARGIN, y }, end: { x: width - MARGIN, y }, thickness: 0.5, color: RULE })
  }
  for (const { text, x, y, size, isBold, isQuiet } of texts) {
    if (text !== '') page.drawText(text, { x, y, size, font: fontOf(isBold), color: isQuiet ? QUIET : INK })
  }
}
