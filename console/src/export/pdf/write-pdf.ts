import { AFRelationship, PDFDocument, type PDFFont, type PDFPage, StandardFonts } from '@cantoo/pdf-lib'
import { type LaidPage, layOutPages, type PrintedFile } from './lay-out-pages.ts'

/** The name of the table that is attached to a PDF file. */
const ATTACHED = 'istmo.csv'

/** What a PDF file is written from. */
export interface PdfContent extends PrintedFile {
  /** The file that an export as CSV would be. It is attached. */
  readonly csv: string
}

/**
 * Writes a PDF file: the table on pages, with the table itself attached, where letters are whole that the fonts lack. It uses the fonts that each reader
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
  const pages = layOutPages(content, (text, size, isBold) => fontOf(isBold).widthOfTextAtSize(text, size))
  for (const page of pages) drawPage(document.addPage([page.width, page.height]), page, fontOf)
  const afRelationship = AFRelationship.Source
  await document.attach(new TextEncoder().encode(content.csv), ATTACHED, { mimeType: 'text/csv', afRelationship })
  const bytes = await document.save({ useObjectStreams: false })
  return new Blob([new Uint8Array(bytes)], { type: 'application/pdf' })
}

function drawPage(page: PDFPage, { width, texts, lines }: LaidPage, fontOf: (isBold: boolean) => PDFFont): void {
  for (const y of lines) {
    page.drawLine({ start: { x: 40, y }, end: { x: width - 40, y }, thickness: 0.25 })
  }
  for (const { text, x, y, size, isBold } of texts) {
    if (text !== '') page.drawText(text, { x, y, size, font: fontOf(isBold) })
  }
}
