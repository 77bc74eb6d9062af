package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/docker/docker/client"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	sdk "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// reachEngine fails when no engine answers. The official plugin contacts the engine when it is configured, also
// in a preview, unless the engine is reached over SSH
// (https://github.com/pulumi/pulumi-docker/blob/v5.2.0/provider/image.go, configureDockerClient). Without this
// check, previews that work with this plugin would fail with the official one.
func reachEngine(vars sdk.PropertyMap, _ shim.ResourceConfig) error {
	host := text(vars, "host")
	if host == "" || strings.HasPrefix(host, "ssh://") {
		return nil
	}
	// Without a certificate path in the configuration, TLS is what DOCKER_CERT_PATH and DOCKER_TLS_VERIFY say.
	options := []client.Opt{
		client.WithTLSClientConfigFromEnv(),
		client.WithHost(host),
		client.WithAPIVersionNegotiation(),
	}
	if folder := text(vars, "certPath"); folder != "" {
		file := func(name string) string { return filepath.Join(folder, name) }
		options = append(options, client.WithTLSClientConfig(file("ca.pem"), file("cert.pem"), file("key.pem")))
	}
	engine, err := client.NewClientWithOpts(options...)
	if err != nil {
		return err
	}
	defer engine.Close()
	if _, err := engine.Ping(context.Background()); err != nil {
		return errors.New("failed to connect to any docker daemon")
	}
	return nil
}

func text(vars sdk.PropertyMap, key sdk.PropertyKey) string {
	if value, ok := vars[key]; ok && value.IsString() {
		return value.StringValue()
	}
	return ""
}
