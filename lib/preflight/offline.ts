/** Names the variable that, when it is set, lets a preview look at no engine. */
export const offlineVariable = "SERF_OFFLINE";
