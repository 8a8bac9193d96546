import { describe, expect, it } from 'vitest'
import { listFiles, ROOT, readProjectFile } from '../../tools/structure/modules.ts'
import { FALSE_FRIENDS } from './false-friends.ts'
import { type Exception, findInPage } from './plain-english.ts'

/** Places where a word means what it says, and words that a command prints. */
const EXCEPTIONS: readonly Exception[] = [
  { path: 'docs/es/glossary.md', text: 'una orden la da un juez', reason: 'says why a command is not an «orden»' },
]

const PAGES = ['README.es.md', ...listFiles(ROOT, 'docs/es').filter((path) => path.endsWith('.md'))].map((path) => ({
  path,
  text: readProjectFile(path),
}))

describe('the pages in Spanish', () => {
  it('have no word that means something else to a prosecutor, an auditor or an operator', () => {
    const found = PAGES.flatMap((page) => findInPage(page, EXCEPTIONS, FALSE_FRIENDS))
    expect(found.map(({ at, phrase, better }) => `${at}: «${phrase}»; write: ${better}`)).toEqual([])
  })

  it('need each exception', () => {
    const texts = new Map(PAGES.map(({ path, text }) => [path, text]))
    expect(EXCEPTIONS.filter(({ path, text }) => !texts.get(path)?.includes(text))).toEqual([])
  })
})

describe('the messages for who joins and keeps a node', () => {
  it('say «cofirmante» of who cosigns a log, and never «testigo»', () => {
    const files = ['joining/join', 'joining/probe', 'joining/running'].flatMap((folder) => listFiles(ROOT, folder))
    expect(files.some((path) => readProjectFile(path).includes('cofirmante'))).toBe(true)
    expect(files.filter((path) => /\btestigos?\b/i.test(readProjectFile(path)))).toEqual([])
  })
})

/** A sentence with each false friend, as our pages once had it, and one in which the word means what it says. */
const PLANTED: Readonly<Record<string, readonly [misleading: string, native: string]>> = {
  '«orden» for a command: a prosecutor reads a warrant': [
    'Cada orden vale en un nodo.',
    'La orden judicial vale; están en ese orden, por orden de captura, si hay una orden vigente.',
  ],
  '«capturar» a process or a key: a prosecutor reads an arrest': [
    'Capturaron una autoridad.',
    'La captura de una persona.',
  ],
  '«detener» somebody who may ask no more: a prosecutor reads an arrest': [
    'Hay que detener aquí a un funcionario.',
    'Detenga el nodo; quien debe detener algo ahora.',
  ],
  '«testigo» for who cosigns a log: a prosecutor reads a person who testifies': [
    'Tres testigos forman un quórum.',
    'Las víctimas, los testigos y los menores no se encuentran; un testigo es alguien que declara.',
  ],
  '«consulta» for a leg: it is what a person asks': [
    'El token de consulta vale 60 segundos.',
    'La siguiente consulta lleva la finalidad nueva, y quien consulta lo sabe.',
  ],
  '«registro» for the audit log: it is a record of a country': [
    'La política nombra la clave del registro.',
    'El asiento del registro de auditoría de la pasarela, y los registros de su país.',
  ],
  '«registro» for a registry of packages': [
    'No necesita ningún registro de paquetes.',
    'No necesita ningún repositorio de paquetes, ni el registro civil.',
  ],
  '«registro» for the system of an institution': [
    'Los delitos de un registro nacional.',
    'Los delitos de un registro, en el sistema nacional.',
  ],
  '«banda» for how well a person fits: a prosecutor reads a gang': ['La mejor banda.', 'La banderola, el grado.'],
  '«evidencia» for receipts: a prosecutor reads physical evidence': ['Sin evidencia.', 'Es evidente.'],
  '«compromiso» for a hash: a lawyer reads an undertaking': ['Un compromiso con la pregunta.', 'Se comprometió.'],
  '«retención legal» for what must be kept: a lawyer reads a detention or a tax': [
    'Los asientos bajo retención legal.',
    'La conservación obligatoria.',
  ],
  '«hacer» for to create': ['Haga la base de datos.', 'Haga la consulta como fiscal, y hace la misma pregunta.'],
  '«tomar» for how long it takes': ['Toma cerca de una hora.', 'Toma la columna, y tarda una hora.'],
  '«correr» for to run a program': ['Nuestras pruebas corren en Linux.', 'Las horas quedan corridas.'],
}

describe('the finder of false friends', () => {
  it('has a planted sentence for each', () => {
    expect(Object.keys(PLANTED)).toEqual(FALSE_FRIENDS.map(({ name }) => name))
  })

  it.each(Object.entries(PLANTED))('finds %s, and nothing in native Spanish', (_, [misleading, native]) => {
    const onPage = (text: string) => findInPage({ path: 'a page', text: `# Página\n\n${text}\n` }, [], FALSE_FRIENDS)
    expect(onPage(misleading).map(({ at }) => at)).toEqual(['a page:3'])
    expect(onPage(native)).toEqual([])
  })

  it('looks at no code and at no quotation, because what a command prints stays as it is printed', () => {
    const text =
      'El mensaje «Todavía faltan testigos».\n\n```console\n$ istmo # la orden\n```\n\nEl campo `evidencia`.\n'
    expect(findInPage({ path: 'a page', text }, [], FALSE_FRIENDS)).toEqual([])
  })
})
