import { FILE_LABELS } from '../../../contract/exported-file.ts'

/** The Spanish words of exports. */
export const EXPORT_ES = {
  export: {
    about: 'Exportado de Istmo',
    at: 'Fecha',
    officer: 'Persona',
    purpose: 'Finalidad',
    countries: 'Países',
    requests: FILE_LABELS.requests.es,
    incomplete: 'INCOMPLETO: hay más filas, o faltan países o partes de ellos',
    complete: 'Completo: no hay más filas y respondieron todos los países preguntados',
    hidden: 'Oculto (una celda vacía no significa que no haya nada)',
    verify:
      'Cómo verificarlo: con cada identificador, un auditor prueba el asiento de la pregunta en el registro de auditoría de la pasarela, y el de la exportación en el de la autoridad: «istmo audit prove ID --log REGISTRO --policy POLÍTICA». Este comando escribe ID.tlog-proof. Con el de la exportación, «istmo audit check-file ARCHIVO --proof ID.tlog-proof --policy POLÍTICA» compara este archivo con su asiento.',
    noEntry: 'Esta exportación no tiene asiento propio en el registro de auditoría. Las preguntas sí lo tienen.',
    entry: FILE_LABELS.entry.es,
    entryIs: '{{id}}, índice {{index}}, en el registro de auditoría de {{authority}}',
    salt: FILE_LABELS.salt.es,
    digest: FILE_LABELS.digest.es,
    failed: 'No se exportó nada, porque no se pudo dejar constancia. {{message}}',
    noting: 'Dejando constancia…',
    dossier: 'Exportar el expediente completo',
    label: 'Dato',
    value: 'Contenido',
    page: 'Página {{page}} de {{pages}}',
    handling: 'Manejo: {{codes}}',
    handlingHidden_one: 'el manejo de {{count}} registro está oculto',
    handlingHidden_other: 'el manejo de {{count}} registros está oculto',
    noHandling: 'Estas filas no traen códigos de manejo. Úselas solo según su mandato.',
  },
}
