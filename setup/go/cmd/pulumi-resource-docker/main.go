// Command pulumi-resource-docker combines the two published parts of Pulumi's docker plugin, the
// Terraform bridge and the Terraform provider, under the tokens and names that @pulumi/docker uses.
//
// It lacks docker.Image, which the official plugin implements itself; use RemoteImage with `build`.
package main

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// version is set at link time, so that setup/tools/versions.ts is the only place that defines it.
var version = "0.0.0-dev"

func main() {
	// The schema is empty: it is used to generate SDKs, not at run time.
	tfbridge.Main("docker", version, info(), []byte("{}"))
}

func info() tfbridge.ProviderInfo {
	p := tfbridge.ProviderInfo{
		P:       shim.NewProvider(provider.New(version)()),
		Name:    "docker",
		Version: version,
		Config: map[string]*tfbridge.SchemaInfo{
			"host": {Default: &tfbridge.DefaultInfo{
				EnvVars: []string{"DOCKER_HOST"},
				ComputeDefault: func(context.Context, tfbridge.ComputeDefaultOptions) (any, error) {
					return "unix:///var/run/docker.sock", nil
				},
			}},
			"registry_auth": {Name: "registryAuth", MaxItemsOne: tfbridge.False()},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"docker_buildx_builder": resource("BuildxBuilder", nil),
			"docker_config":         resource("ServiceConfig", nil),
			"docker_container": resource("Container", map[string]*tfbridge.SchemaInfo{
				"command":           named("command"),
				"networks_advanced": named("networksAdvanced"),
			}),
			"docker_image": resource("RemoteImage", map[string]*tfbridge.SchemaInfo{
				"name": named("name"),
			}),
			"docker_network":        resource("Network", nil),
			"docker_plugin":         resource("Plugin", nil),
			"docker_registry_image": resource("RegistryImage", nil),
			"docker_secret":         resource("Secret", nil),
			"docker_service":        resource("Service", nil),
			"docker_tag":            resource("Tag", nil),
			"docker_volume":         resource("Volume", nil),
		},
		PreConfigureCallback: reachEngine,
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_image":                    dataSource("getRemoteImage"),
			"docker_logs":                     dataSource("getLogs"),
			"docker_network":                  dataSource("getNetwork"),
			"docker_plugin":                   dataSource("getPlugin"),
			"docker_registry_image":           dataSource("getRegistryImage"),
			"docker_registry_image_manifests": dataSource("getRegistryImageManifests"),
		},
	}
	// Two containers cannot have the same name, port or address at the same time.
	p.Resources["docker_container"].DeleteBeforeReplace = true
	p.SetAutonaming(255, "-")
	return p
}

func resource(name string, fields map[string]*tfbridge.SchemaInfo) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Tok: tokens.Type(token(name)), Fields: fields}
}

func dataSource(name string) *tfbridge.DataSourceInfo {
	return &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token(name))}
}

// token returns the SDK's name of a resource or function, such as docker:index/remoteImage:RemoteImage.
func token(name string) string {
	return "docker:index/" + strings.ToLower(name[:1]) + name[1:] + ":" + name
}

// named keeps a property's name: the bridge neither makes it plural nor names it automatically.
func named(property string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Name: property}
}
