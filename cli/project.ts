/** The project's name in Pulumi.yaml, which begins every name and key. */
export const project = "serf";
