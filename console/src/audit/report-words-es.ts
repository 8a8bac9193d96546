/** The Spanish words of the report for a parliament. They are the form that the English ones have. */
export const REPORT_ES = {
  from: 'Primer día',
  until: 'Último día',
  threshold: 'Ocultar cifras menores que',
  make: 'Hacer el informe',
  title: 'Informe sobre las consultas entre países',
  period: (from: string, until: string) => `Del ${from} al ${until} (UTC).`,
  whose: (country: string | null) =>
    country === null ? 'Consultas de todos los países.' : `Consultas que tocan a ${country}.`,
  withheld: 'oculta',
  withheldWhy: (threshold: number) =>
    `«Oculta» es una cifra de 1 a ${threshold - 1}, u otra que permitiría calcularla. Un total que falta se oculta por lo mismo.`,
  only: 'Este informe solo tiene cifras. No dice quién consultó, por quién ni con qué respuesta.',
  states: 'Estado de los registros al contar',
  statesWhy:
    'Quien guarde estas líneas puede comprobar más tarde que el registro todavía empieza con lo que se contó. Las cifras mismas las hizo el servicio de auditoría; se pueden hacer otra vez con el registro.',
  root: 'Raíz del árbol',
  notProven: 'sin comprobar',
  verify: 'Cómo comprobarlo',
  verifySteps: [
    'Obtenga la política de confianza de alguien en quien confíe.',
    'Guarde el estado firmado de un registro en un archivo (está en el archivo JSON de este informe).',
    'Ejecute «istmo audit verify REGISTRO --policy POLÍTICA --kept ARCHIVO»: dice si el registro de hoy continúa aquel.',
  ],
  save: 'Guardar como JSON',
  print: 'Imprimir',
  made: (time: string) => `Hecho el ${time} (UTC).`,
  cut: 'Una tabla tiene más de 100 filas. Acorte el período.',
  threshHint: '3 o más',
} as const
