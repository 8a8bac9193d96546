/** Words that penal codes and registers use for one thing. Labels and terms are compared with the first word in place of the others. */
import { foldText, isTelling, stemWord } from './fold-words.ts'

/** Each line: the word that stands for all, and the others. */
const GROUPS = [
  'droga drogas estupefaciente narcótico psicotrópico sicotrópico psicoactivo marihuana cannabis cocaína drug drugs',
  'menor niño niña infante infantil infancia adolescente NNA minor child children',
  'vehículo automotor automóvil auto automotriz carro coche motocicleta moto vehicle car',
  'tránsito vial viaria',
  'casa vivienda domicilio domiciliario residencia residencial habitación habitado dwelling house',
  'negocio tienda local comercial establecimiento shop',
  'funcionario servidor empleado',
  'culposo culposa imprudencia imprudente negligencia negligente involuntario cuasidelito negligent negligence',
  'doloso intencional intentional',
  'lavado blanqueo legitimación laundering',
  'dinero activos capitales money',
  'posesión tenencia porte portación possession',
  'producción fabricación elaboración manufactura',
  'venta comercialización expendio distribución comercio',
  'cultivo siembra cosecha plantación cultivation',
  'policía policial carabinero gendarme gendarmería',
  'informático computacional electrónico cibernético tecnológico telemático digital computer',
  'ganado semoviente bovino vacuno equino caballar livestock cattle',
  'moneda billete currency',
  'documento instrumento',
  'incumplimiento inobservancia',
  'fuga evasión escape',
  'firearm firearms',
  'trabajo laboral trabajador labour',
  'impuesto tributario tributo tax',
  'hogar familia familiar intrafamiliar doméstico domestic',
  'tentativa tentado tentada frustrado frustrada frustración imperfecto imperfecta intento inacabado attempted attempt',
  'homicidio homicide',
  'hurto theft',
  'robo robbery',
  'incendio arson',
  'fraude fraud',
  'soborno bribery',
  'terrorismo terrorista terrorism',
  'amenaza threat threats',
  'secuestro kidnapping',
] as const

/** Phrases that are one word, folded, before their words are compared. */
const PHRASES: readonly (readonly [phrase: RegExp, word: string])[] = [
  [/\bmal(?:os)? tratos?\b/gu, 'maltrato'],
  [
    /\bsustancias?(?: quimicas?)?(?: catalogadas?)?(?: (?:sujetas?|sometidas?) a (?:fiscalizacion|control))\b/gu,
    'droga',
  ],
  [/\bdrogas? (?:sujetas?|sometidas?) a (?:fiscalizacion|control)\b/gu, 'droga'],
  [/\bsustancias? (?:estupefacientes?|p?sicotropicas?|p?sicoactivas?|ilicitas?)\b/gu, 'droga'],
  [/\bcontrolled drugs?\b/gu, 'droga'],
  [/\b(?:medios?|unidad) de transporte\b/gu, 'vehiculo'],
  [/\bvehiculos? (?:a|de) motor\b/gu, 'vehiculo'],
  [/\bvehiculos? (?:automotor(?:es)?|motorizados?)\b/gu, 'vehiculo'],
  [/\bseres humanos\b/gu, 'personas'],
  [/\bfuerza publica\b/gu, 'policia'],
  [/\bmenor(?:es)? de edad\b/gu, 'menor'],
  [/\bmenor(?:es)? cuantia\b/gu, 'cuantia'],
  [/\b(?:lesiones|faltas|danos) menores\b/gu, 'lesiones leves'],
  [/\bcon resultado de\b/gu, 'con'],
]

const SAME = new Map(
  GROUPS.flatMap((group) => {
    const [first = '', ...others] = group.split(' ').map((word) => stemWord(foldText(word)))
    return others.map((other) => [other, first] as const)
  }),
)

/** Returns the stem that a folded word is compared by: that of the first word of its group. */
export function comparedStem(word: string): string {
  const stem = stemWord(word)
  return SAME.get(stem) ?? stem
}

/** Returns the stems that a text is compared by, each with its first word in the text, without words that say nothing. */
export function wordsByStem(text: string): ReadonlyMap<string, string> {
  const joined = PHRASES.reduce((folded, [phrase, word]) => folded.replaceAll(phrase, word), foldText(text))
  const words = new Map<string, string>()
  for (const word of joined.split(' ').filter(isTelling)) {
    const stem = comparedStem(word)
    if (!words.has(stem)) words.set(stem, word)
  }
  return words
}

/** Returns the stems that a text is compared by, in their order and each once. */
export function stemsOf(text: string): readonly string[] {
  return [...wordsByStem(text).keys()]
}
