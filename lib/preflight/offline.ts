/** If this environment variable is set, a preview does not contact the engine. */
export const offlineVariable = "SERF_OFFLINE";

/**
 * The provider's engine in a preview that contacts none. For `ssh://` it makes no connection when it is configured.
 * For any other address the official provider pings the engine, in a preview too, and fails if there is no answer
 * (https://github.com/pulumi/pulumi-docker/blob/v5.2.0/provider/image.go, configureDockerClient).
 */
export const offlineEngine = "ssh://offline.invalid";
