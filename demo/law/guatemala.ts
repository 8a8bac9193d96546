import { type Law, type Provision, provisionsOf } from './provision.ts'

/**
 * Guatemala's penal law, as far as made-up cases need it. Drugs, laundering, organised crime, arms, femicide and customs are in laws of
 * their own, outside the penal code.
 */

const CP: Law = {
  code: 'CP',
  name: 'Código Penal (Decreto 17-73)',
  inForceFrom: null,
  repealedOn: null,
  source: 'https://drleyes.com/uncategorized/delitos-contra-las-personas-2',
}

const law = (code: string, name: string, source: string): Law => ({
  code,
  name,
  inForceFrom: null,
  repealedOn: null,
  source,
})

const NARCOTICS = law(
  'D48-92',
  'Ley contra la Narcoactividad (Decreto 48-92)',
  'https://www.senabed.gob.gt/2020/images/Informacion.publica/10.01/DatosAbiertos/lcn.txt',
)
const LAUNDERING = law(
  'D67-2001',
  'Ley contra el Lavado de Dinero u Otros Activos (Decreto 67-2001)',
  'https://fr.scribd.com/document/374282167/Resumen-Sobre-La-Ley-Del-Lavado-de-Dinero',
)
const ORGANISED_CRIME = law(
  'D21-2006',
  'Ley contra la Delincuencia Organizada (Decreto 21-2006)',
  'https://de.scribd.com/document/173765287/RESUMEN-DE-LA-LEY-CONTRA-LA-DELINCUENCIA-ORGANIZADA-1-doc',
)
const ARMS = law(
  'D15-2009',
  'Ley de Armas y Municiones (Decreto 15-2009)',
  'https://ru.scribd.com/document/50394135/Ley-de-Armas-y-Municione',
)
const FEMICIDE = law(
  'D22-2008',
  'Ley contra el Femicidio y otras Formas de Violencia contra la Mujer (Decreto 22-2008)',
  'https://studylib.es/doc/5231708/universidad-de-san-carlos-de-guatemala-facultad-de-ciencias',
)
const MIGRATION = law(
  'D95-98',
  'Ley de Migración (Decreto 95-98)',
  'https://agn.gt/oficializan-reformas-a-la-ley-de-migracion',
)
const CUSTOMS = law(
  'D58-90',
  'Ley contra la Defraudación y el Contrabando Aduaneros (Decreto 58-90)',
  'https://de.scribd.com/document/173765287/RESUMEN-DE-LA-LEY-CONTRA-LA-DELINCUENCIA-ORGANIZADA-1-doc',
)
const PROTECTED_AREAS = law('D4-89', 'Ley de Áreas Protegidas (Decreto 4-89)', 'https://conap.gob.gt')
const FORESTS = law('D101-96', 'Ley Forestal (Decreto 101-96)', 'https://www.inab.gob.gt')

const PROPERTY =
  'http://www.drleyes.com/page/internacional/documento/25/213/949/Guatemala/Codigo-Penal/Delitos-Contra-el-Patrimonio/'
const JUDGMENT =
  'http://ww2.oj.gob.gt/es/queesoj/estructuraoj/unidadesadministrativas/centroanalisisdocumentacionjudicial/cds/CDs%20criterios'

/** Guatemala's provisions. The penal code's homicide is article 123. It has no article on entering a computer system. */
export const GUATEMALA: readonly Provision[] = [
  ...provisionsOf(CP, [
    ['123', 'Homicidio', ['HOMICIDE', 'ATTEMPTED_HOMICIDE'], 480, 'ARTICLE_AND_PENALTY'],
    ['127', 'Homicidio culposo', ['NEGLIGENT_HOMICIDE'], 60, 'ARTICLE_AND_PENALTY'],
    ['132', 'Asesinato', ['MURDER'], 600, 'ARTICLE', 'https://es.scribd.com/document/517683314/Delitos-en-Particular'],
    [
      '147',
      'Lesiones graves',
      ['SERIOUS_INJURY'],
      96,
      'ARTICLE_AND_PENALTY',
      'https://cjad.nottingham.ac.uk/en/legislation/655/keyword/744',
    ],
    [
      '173',
      'Violación',
      ['RAPE'],
      144,
      'ARTICLE_AND_PENALTY',
      'https://tesis.edu.red/monografias/8B75C6B0943DF304D1C9C36817F8926E.html',
    ],
    [
      '201',
      'Plagio o secuestro',
      ['KIDNAPPING'],
      600,
      'ARTICLE',
      `${JUDGMENT}/CJ%20PENAL%2002-09/expedientes/274-2003.html`,
    ],
    [
      '202-TER',
      'Trata de personas',
      ['TRAFFICKING_SEXUAL', 'TRAFFICKING_LABOUR'],
      216,
      'ARTICLE',
      'https://viewer.joomag.com/código-penal/0097071001403312510/p66',
    ],
    ['215', 'Amenazas', ['THREAT'], 36, 'ARTICLE', `${JUDGMENT}/CJ%20PENAL%202013/expedientes/1848-2012.html`],
    ['247', 'Hurto agravado', ['BURGLARY', 'VEHICLE_THEFT'], 120, 'ARTICLE', PROPERTY],
    ['252', 'Robo agravado', ['AGGRAVATED_ROBBERY', 'VEHICLE_ROBBERY', 'CARGO_ROBBERY'], 180, 'NOTHING', PROPERTY],
    ['261', 'Extorsión', ['EXTORTION'], 144, 'ARTICLE', 'https://www.conceptosjuridicos.com/gt/extorsion/'],
    ['263', 'Estafa propia', ['FRAUD'], 48, 'NOTHING', PROPERTY],
    ['321', 'Falsedad material', ['FORGERY'], 72, 'NOTHING'],
    ['439', 'Cohecho pasivo', ['BRIBERY'], 120, 'NOTHING'],
    ['445', 'Peculado por sustracción', ['EMBEZZLEMENT'], 120, 'NOTHING'],
    ['448-BIS', 'Enriquecimiento ilícito', ['ILLICIT_ENRICHMENT'], 120, 'NOTHING'],
  ]),
  ...provisionsOf(FEMICIDE, [['6', 'Femicidio', ['FEMICIDE'], 600, 'NOTHING']]),
  ...provisionsOf(NARCOTICS, [
    [
      '38',
      'Comercio, tráfico y almacenamiento ilícito',
      ['DRUG_TRAFFICKING'],
      240,
      'ARTICLE',
      `${JUDGMENT}/CJ%20PENAL%202013/expedientes/0159-2013a.html`,
    ],
  ]),
  ...provisionsOf(LAUNDERING, [['2', 'Lavado de dinero u otros activos', ['MONEY_LAUNDERING'], 240, 'NOTHING']]),
  ...provisionsOf(ORGANISED_CRIME, [
    [
      '4',
      'Asociación ilícita',
      ['CRIMINAL_GROUP'],
      96,
      'ARTICLE',
      `${JUDGMENT}/CJ%20PENAL%202011/expedientes/879-2011.html`,
    ],
    ['9', 'Obstrucción de justicia', ['OBSTRUCTION'], 96, 'NOTHING'],
  ]),
  ...provisionsOf(ARMS, [
    ['123', 'Portación ilegal de armas de fuego de uso civil y/o deportivas', ['FIREARM_POSSESSION'], 120, 'NOTHING'],
    [null, 'Tráfico ilícito de armas de fuego o municiones', ['ARMS_TRAFFICKING'], 180, 'NOTHING'],
  ]),
  ...provisionsOf(MIGRATION, [
    ['103', 'Tráfico ilícito de personas', ['MIGRANT_SMUGGLING'], 360, 'ARTICLE_AND_PENALTY'],
  ]),
  ...provisionsOf(CUSTOMS, [[null, 'Contrabando aduanero', ['GOODS_SMUGGLING'], 120, 'NOTHING']]),
  ...provisionsOf(PROTECTED_AREAS, [[null, 'Tráfico ilegal de flora y fauna', ['WILDLIFE'], 120, 'NOTHING']]),
  ...provisionsOf(FORESTS, [[null, 'Delito en contra de los recursos forestales', ['LOGGING'], 60, 'NOTHING']]),
]
