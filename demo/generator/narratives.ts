import type { ConductKey } from '../law/conducts.ts'
import type { Random } from './random.ts'

/** What a narrative mentions. */
export interface NarrativeFacts {
  /** The town, or the name of the country. */
  readonly town: string
  /** The first day of what the case is about: `YYYY-MM-DD`. */
  readonly day: string
  /** What the case is about; the first counts most. */
  readonly conducts: readonly ConductKey[]
  /** The names that the country's law gives to the conduct. */
  readonly labels: readonly string[]
}

/** How each narrative ends. */
export const INVENTED_NOTE = '(Relato inventado para demostración.)'

/** `%t` stands for the town. Each begins after «El 3 de mayo de 2024». */
const OPENINGS: Readonly<Record<ConductKey, readonly string[]>> = {
  HOMICIDE: [
    'una persona murió en %t por herida de arma de fuego después de una discusión en un comedor',
    'vecinos de %t hallaron a una persona sin vida en un camino de tierra',
  ],
  MURDER: [
    'dos personas en motocicleta dispararon contra un comerciante de %t a la salida de su negocio',
    'una persona fue esperada y atacada frente a su vivienda en %t',
  ],
  FEMICIDE: ['una mujer fue hallada sin vida en su casa de %t; su pareja tenía prohibido acercarse a ella'],
  ATTEMPTED_HOMICIDE: ['un vendedor de %t sobrevivió a tres disparos y reconoció a quien lo atacó'],
  NEGLIGENT_HOMICIDE: ['un camión sin frenos embistió un microbús en la entrada de %t'],
  SERIOUS_INJURY: ['una persona ingresó al hospital de %t con heridas de machete; la incapacidad es de 60 días'],
  THREAT: ['una maestra de %t recibió mensajes en los que se amenazaba a su familia si no retiraba una denuncia'],
  KIDNAPPING: ['una persona fue subida a un vehículo polarizado en %t y su familia recibió una llamada de rescate'],
  TRAFFICKING_SEXUAL: ['dos jóvenes denunciaron que fueron llevadas a un bar de %t con una oferta de trabajo falsa'],
  TRAFFICKING_LABOUR: ['una inspección halló en una finca cerca de %t a nueve trabajadores sin salario ni documentos'],
  EXTORTION: [
    'la dueña de una tienda de %t denunció llamadas en las que se le exigía una cuota semanal',
    'un transportista de %t recibió un teléfono y la orden de esperar instrucciones para pagar',
  ],
  RAPE: ['se presentó una denuncia en %t; la persona agraviada está bajo protección y el expediente es reservado'],
  AGGRAVATED_ROBBERY: [
    'tres personas armadas asaltaron una agencia de remesas en %t',
    'pasajeros de un autobús fueron despojados de sus pertenencias a la altura de %t',
  ],
  VEHICLE_ROBBERY: ['un conductor fue obligado a bajar de su vehículo en un semáforo de %t'],
  CARGO_ROBBERY: ['un cabezal con electrodomésticos fue interceptado en la carretera que sale de %t'],
  BURGLARY: ['desconocidos forzaron la puerta de una vivienda en %t y se llevaron joyas y documentos'],
  VEHICLE_THEFT: ['una motocicleta estacionada frente al mercado de %t fue sustraída; la cámara grabó el hecho'],
  DRUG_TRAFFICKING: [
    'un retén a la salida de %t detuvo un vehículo con doble fondo que llevaba cocaína',
    'el registro de una vivienda de %t permitió hallar paquetes de droga, una balanza y dinero en efectivo',
  ],
  FRAUD: ['once personas pagaron en %t por lotes de terreno que no pertenecían al vendedor'],
  FORGERY: ['una oficina de %t detectó una escritura con la firma de un notario fallecido'],
  BRIBERY: ['un inspector municipal de %t fue filmado mientras recibía un sobre para no cerrar un negocio'],
  EMBEZZLEMENT: ['la auditoría de la municipalidad de %t halló cheques cobrados por personas que no existen'],
  ILLICIT_ENRICHMENT: ['la declaración patrimonial de un funcionario de %t no explica la compra de dos casas'],
  MONEY_LAUNDERING: [
    'un banco informó de depósitos fraccionados en efectivo en su agencia de %t, siempre por debajo del límite',
    'una venta de vehículos de %t declaró ingresos que no corresponden a sus ventas',
  ],
  GOODS_SMUGGLING: ['cuatro camiones con cigarrillos sin póliza fueron retenidos en un paso ciego cerca de %t'],
  MIGRANT_SMUGGLING: ['un microbús con 19 personas extranjeras fue detenido en %t; pagaban por llegar a la frontera'],
  OBSTRUCTION: ['un testigo de %t declaró que se le ofreció dinero para cambiar su versión'],
  FIREARM_POSSESSION: [
    'una patrulla registró en %t a una persona que llevaba una pistola sin licencia',
    'en un control de %t se halló una escopeta con el número limado bajo el asiento',
  ],
  ARMS_TRAFFICKING: ['una encomienda dirigida a %t contenía piezas de fusil declaradas como repuestos'],
  COMPUTER_ACCESS: ['una cooperativa de %t detectó accesos a su sistema con la clave de un empleado despedido'],
  CRIMINAL_GROUP: ['el análisis de teléfonos secuestrados en %t mostró a un grupo con tareas y pagos fijos'],
  WILDLIFE: ['en la terminal de %t se hallaron loros y tortugas en cajas sin ventilación'],
  LOGGING: ['guardabosques cerca de %t hallaron trozas de caoba y una motosierra'],
}

const STEPS = [
  'Se tomaron cuatro declaraciones y se solicitó el registro de llamadas.',
  'El peritaje se pidió al laboratorio y está pendiente.',
  'Las cámaras del lugar muestran a dos personas que se retiran a pie.',
  'Un informe de inteligencia relaciona el hecho con otros dos de la misma zona.',
  'La parte agraviada aportó documentos y fotografías.',
]

const MONTHS = [
  'enero',
  'febrero',
  'marzo',
  'abril',
  'mayo',
  'junio',
  'julio',
  'agosto',
  'septiembre',
  'octubre',
  'noviembre',
  'diciembre',
]

/** Writes the narrative of a case outside the stories: what happened, one step of the investigation, and how the law names it. */
export function makeNarrative(random: Random, { town, day, conducts, labels }: NarrativeFacts): string {
  const [first] = conducts
  if (first === undefined) return INVENTED_NOTE
  const opening = random.pick(OPENINGS[first]).replace('%t', town)
  const law = `Los hechos se califican como ${labels.join(', ').toLowerCase()}.`
  return `El ${inWords(day)} ${opening}. ${random.pick(STEPS)} ${law} ${INVENTED_NOTE}`
}

/** Writes a day as in a text: `3 de mayo de 2024`. */
function inWords(day: string): string {
  const [year, month, date] = day.split('-')
  return `${Number(date)} de ${MONTHS[Number(month) - 1]} de ${year}`
}
