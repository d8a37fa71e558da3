/** Version of the evaluator, written into every result. A test keeps it equal to package.json. */
export const evaluatorVersion = "0.1.0";
