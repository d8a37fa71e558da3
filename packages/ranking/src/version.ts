/** Version written into every ranking; a test holds it equal to the package's manifest. */
export const rankingVersion = "0.1.0";
