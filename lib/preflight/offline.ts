/** If this environment variable is set, a preview does not contact the engine. */
export const offlineVariable = "SERF_OFFLINE";
