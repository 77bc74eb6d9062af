package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// version is set at link time.
var version = "0.0.0-dev"

// host implements what Pulumi asks of a language host to run programs and policy packs.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	// The address at which the SDK finds Pulumi, for its log.
	engine string
}

func (*host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

// GetRequiredPackages lists the plugins that the program's packages name.
func (*host) GetRequiredPackages(
	_ context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, one := range installed(req.GetInfo().GetProgramDirectory()) {
		if one.Pulumi.Resource {
			response.Packages = append(response.Packages, one.plugin())
		}
	}
	return response, nil
}

// GetProgramDependencies lists the packages that are installed; `pulumi about` prints them.
func (*host) GetProgramDependencies(
	_ context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	response := &pulumirpc.GetProgramDependenciesResponse{}
	direct := directDependencies(req.GetInfo().GetProgramDirectory())
	for _, one := range installed(req.GetInfo().GetProgramDirectory()) {
		if direct[one.Name] || req.GetTransitiveDependencies() {
			response.Dependencies = append(response.Dependencies,
				&pulumirpc.DependencyInfo{Name: one.Name, Version: one.Version})
		}
	}
	return response, nil
}

func (*host) About(context.Context, *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	printed, err := exec.Command(node, "--version").Output()
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(string(printed))}, nil
}

func (*host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, req.GetIsTerminal())
	if err != nil {
		return err
	}
	npm := exec.CommandContext(stream.Context(), "npm", "install")
	npm.Dir, npm.Stdout, npm.Stderr = req.GetInfo().GetProgramDirectory(), stdout, stderr
	if err := npm.Run(); err != nil {
		return errors.Join(fmt.Errorf("`npm install` in %s failed: %w", npm.Dir, err), closer.Close())
	}
	return closer.Close()
}

// nodeArgs returns the option `nodeargs` of Pulumi.yaml or PulumiPolicy.yaml: arguments for Node.js,
// separated by blanks.
func nodeArgs(info *pulumirpc.ProgramInfo) []string {
	return strings.Fields(info.GetOptions().GetFields()["nodeargs"].GetStringValue())
}

// script finds one of the SDK's scripts from a program's directory upwards, as Node.js does.
func script(directory, name string) (string, error) {
	for place := directory; ; place = filepath.Dir(place) {
		file := filepath.Join(place, "node_modules", "@pulumi", "pulumi", "cmd", name, "index.js")
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
		if place == filepath.Dir(place) {
			return "", fmt.Errorf("the package @pulumi/pulumi is not installed in %s; run `npm ci` there", directory)
		}
	}
}
