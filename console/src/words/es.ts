import { ANALYST_ES } from '../analyst/words-es.ts'
import { EXPORT_ES } from '../export/words-es.ts'
import { NOTES_ES } from '../notes/words-es.ts'
import { SHELL_ES } from '../shell/words-es.ts'

/** The console’s words in Spanish, which is its first language. Words of one room are in a file of that room. */
export const ES = {
  ...ANALYST_ES,
  ...EXPORT_ES,
  ...NOTES_ES,
  ...SHELL_ES,
  purpose: {
    INVESTIGATION: 'Investigación',
    PROSECUTION: 'Acusación',
    ARREST_EXTRADITION: 'Captura y extradición',
    ASSET_RECOVERY: 'Recuperación de bienes',
    VICTIM_PROTECTION: 'Protección de víctimas',
    IMMINENT_DANGER: 'Peligro inminente',
    OVERSIGHT: 'Auditoría',
  },
  otherPurpose: {
    about: 'Lo que ve, o una parte, se preguntó para «{{before}}». Lo siguiente se pregunta para «{{now}}».',
    again: 'Preguntar otra vez para «{{now}}»',
  },
  common: {
    country: 'País',
    name: 'Nombre',
    birthDate: 'Nacimiento',
    id: 'Registro',
    handling: 'Manejo',
    band: 'Coincidencia',
    matched: 'Nombre que coincide',
    open: 'Abrir',
    search: 'Buscar',
    more: 'Más resultados',
    all: 'Traer todo',
    stop: 'Detener',
    rows_one: '{{count}} fila',
    rows_other: '{{count}} filas',
    rowsMore_one: '{{shown}} fila hasta ahora; hay más',
    rowsMore_other: '{{shown}} filas hasta ahora; hay más',
    rowsAll_one: '{{shown}} fila; no hay más',
    rowsAll_other: '{{shown}} filas; no hay más',
    rowsAnswered_one: '{{shown}} fila; quienes respondieron no tienen más, pero faltan países',
    rowsAnswered_other: '{{shown}} filas; quienes respondieron no tienen más, pero faltan países',
    empty: 'No hay resultados de los países que respondieron.',
    notAllowed:
      'Su mandato no permite preguntar esto, así que no se preguntó a ningún país. «Detalle por país» dice qué permiso falta.',
    unanswered:
      '{{country}} no dio su parte, así que no se sabe si este registro existe. La línea de abajo dice por qué.',
    emptyButMissing:
      'No hay resultados de los países que respondieron, pero faltan países o partes de ellos. Vea la línea de abajo.',
    hidden: 'oculto',
    failed: 'La pregunta no se pudo hacer. {{message}}',
    again: 'Preguntar otra vez',
    undo: 'Deshacer',
    dismiss: 'Entendido',
    export: 'Exportar CSV',
    exportXlsx: 'Exportar XLSX',
    exportPdf: 'Exportar PDF',
    print: 'Imprimir',
    none: '—',
    synthetic: 'inventado',
    loading: 'Cargando…',
    notFound: 'Esta página no existe.',
    toSearch: 'Ir a la búsqueda',
    broken: 'Esta página falló. Lo demás sigue funcionando.',
    pageUnreachable: 'No se pudo cargar esta página. Revise su conexión e inténtelo otra vez.',
  },
  problem: {
    NOT_REACHED: 'No hubo respuesta. Revise su conexión e inténtelo otra vez.',
    ANSWER_NOT_UNDERSTOOD:
      'Llegó algo que no es una respuesta (estado {{status}}). Inténtelo otra vez; si se repite, avise a quien administra la consola.',
    TOKEN_REFUSED:
      'La autoridad de mandatos de su país no dio permiso ({{error}}). Consulte a quien responde por la seguridad en su institución.',
    PURPOSE_MISSING: 'Falta la finalidad. Elíjala arriba, en «Cambiar finalidad».',
    CASE_MISSING: 'Falta la constancia del caso. Elíjala arriba, en «Cambiar finalidad».',
    CASE_OF_OTHER_MANDATE: 'La constancia es de otro caso. Elija en «Cambiar finalidad» la que vino con su mandato.',
    DOCUMENT_HAS_LITERAL: 'La consola hizo mal esta pregunta. Avise a quien la administra.',
    VARIABLE_WITHOUT_VALUE: 'La consola hizo mal esta pregunta: falta «{{name}}». Avise a quien la administra.',
    OTHER:
      'Algo falló en esta página. Inténtelo otra vez; si se repite, avise a quien administra la consola. ({{message}})',
  },
  band: { EXACT_IDENTIFIER: 'Identificador exacto', STRONG: 'Fuerte', WEAK: 'Débil: revise' },
  handling: {
    H0: 'Solo para prevenir y combatir el delito',
    H1: 'No usar como prueba sin permiso',
    H2: 'No difundir sin permiso',
    H3: 'Otros límites: vea la nota',
  },
  apart: {
    held_one: 'Llegó {{count}} fila que va entre las que usted está viendo.',
    held_other: 'Llegaron {{count}} filas que van entre las que usted está viendo.',
    show: 'Mostrarlas en su lugar',
    awaited:
      'Se espera a: {{countries}}. Lo que ya llegó se puede usar; las filas que vengan después no moverán nada sin avisar.',
    late: 'No respondió a tiempo: {{countries}}.',
    long: 'Se espera a todos los países. También se puede preguntar a cada uno por separado: se ve cada respuesta en cuanto llega, y cada pregunta queda en los registros de auditoría.',
    split: 'No esperar a todos',
  },
  section: {
    '01': 'Actos que causan o intentan causar la muerte',
    '02': 'Actos que causan o intentan causar daño a la persona',
    '03': 'Actos lesivos de naturaleza sexual',
    '04': 'Actos contra la propiedad con violencia o amenaza',
    '05': 'Actos contra la propiedad solamente',
    '06': 'Actos relacionados con drogas controladas',
    '07': 'Actos relacionados con fraude, engaño o corrupción',
    '08': 'Actos contra el orden público y la autoridad',
    '09': 'Actos contra la seguridad pública y del Estado',
    '10': 'Actos contra el medio ambiente',
    '11': 'Otros actos delictivos',
  },
}
