/** The words of the tour in Spanish. */
export const TOUR_ES = {
  label: 'Recorrido guiado',
  step: (step: number, all: number): string => `Paso ${step} de ${all}`,
  go: 'Ir allí',
  type: 'Escriba:',
  back: 'Anterior',
  next: 'Siguiente',
  end: 'Terminar el recorrido',
  steps: {
    line: {
      title: 'Una pregunta, varios países',
      text: 'Aquí se pregunta una vez y cada país responde con sus propios registros. La línea de abajo dice quién respondió, quién no y por qué. Mírela en cada paso.',
    },
    name: {
      title: 'Un nombre mal escrito',
      text: 'Un testigo dijo un nombre, y nadie sabe cómo se escribe. Vaya a Buscar, escríbalo como se oyó y presione «Buscar». La columna «Coincidencia» dice qué tan segura es cada fila.',
    },
    dossier: {
      title: 'Tres registros, una persona',
      text: 'Guatemala, Honduras y El Salvador tienen cada uno un registro de Erick Ramírez Guzmán. El expediente los junta, y dice qué país afirma que son la misma persona. «oculto» significa que una regla no le deja ver un dato; no significa que no exista.',
    },
    network: {
      title: 'La ruta del golfo de Fonseca',
      text: 'Estas son las personas y los casos alrededor de él. Cada nodo se puede ampliar y arrastrar. La tabla de abajo dice lo mismo para quien no ve la imagen.',
    },
    cases: {
      title: 'Casos hasta el final',
      text: 'Marque «Solo crimen organizado», ponga un año y presione «Mostrar casos». Si un país tarda, las filas de los otros ya se pueden leer.',
    },
    counts: {
      title: 'Contar sin señalar a nadie',
      text: 'Cuente los casos por año. Una celda «reservado» esconde un número pequeño para que no se reconozca a una persona: no es cero.',
    },
    law: {
      title: '¿Qué tratado sirve?',
      text: 'Elija Guatemala y El Salvador, y escriba la clase 060121 (tráfico de drogas). Verá qué tratado obliga a los dos, y si la conducta es delito en ambos.',
    },
    kidnapping: {
      title: 'El secuestro de Danlí',
      text: 'Otra historia: un ganadero desaparece en Honduras y lo encuentran en Guatemala. En el expediente de Jorge Alberto Funes Castillo, abra un caso y siga sus casos vinculados hasta el otro país.',
    },
    end: {
      title: 'Ahora usted',
      text: 'Cambie la finalidad arriba, o detenga un país con «npm run demo:stop -- HN», y vea cómo cambia la línea. Nada de lo que haga aquí llega a nadie, y cada registro dice si es inventado.',
    },
  },
} as const
