import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { browserModules } from '../browser-modules/browser-modules.ts'
import { wordFiles } from '../browser-modules/word-files.ts'

/** Makes the offline page as one HTML file. Its policy lets the page run its own script and nothing else, and ask no network. */

const HERE = import.meta.dirname

/** Builds the page. Returns its text, which is the same for the same sources and packages. */
export async function buildCheckPage(): Promise<string> {
  const style = readFileSync(join(HERE, 'page.css'), 'utf8')
  const script = await bundleScript()
  const policy = [
    "default-src 'none'",
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    "form-action 'none'",
    "base-uri 'none'",
  ]
  const parts: Readonly<Record<string, string>> = { POLICY: policy.join('; '), STYLE: style, SCRIPT: script }
  return readFileSync(join(HERE, 'page.html'), 'utf8').replaceAll(/%([A-Z]+)%/g, (_, name: string) => parts[name] ?? '')
}

function sourceHash(text: string): string {
  return `sha256-${hash('sha256', text, 'base64')}`
}

async function bundleScript(): Promise<string> {
  const bundle = await rolldown({
    input: join(HERE, 'page.js'),
    platform: 'browser',
    plugins: [browserModules(), wordFiles()],
    onLog(level, log) {
      if (level !== 'debug' && level !== 'info') throw new Error(`the offline page does not build: ${log.message}`)
    },
  })
  const { output } = await bundle.generate({ format: 'es', minify: true, codeSplitting: false })
  await bundle.close()
  const [chunk, ...others] = output
  if (others.length > 0) throw new Error('expected one file; came several')
  // A script element ends at the first `</script`, also within a text.
  return chunk.code.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
}
