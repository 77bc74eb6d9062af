package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// installedPackage is what this host reads of a package.json.
type installedPackage struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	// What a package says about its plugin. Name and version are the package's own unless they are set.
	Pulumi struct {
		Resource bool   `json:"resource"`
		Name     string `json:"name"`
		Version  string `json:"version"`
		Server   string `json:"server"`
	} `json:"pulumi"`
}

func (p installedPackage) plugin() *pulumirpc.PackageDependency {
	name, version := p.Pulumi.Name, p.Pulumi.Version
	if name == "" {
		name = strings.TrimPrefix(p.Name, "@pulumi/")
	}
	if version == "" {
		version = p.Version
	}
	return &pulumirpc.PackageDependency{
		Name: name, Kind: "resource", Version: "v" + strings.TrimPrefix(version, "v"), Server: p.Pulumi.Server,
	}
}

// installed reads the packages in a program's node_modules, without those nested in other packages.
func installed(directory string) []installedPackage {
	var found []installedPackage
	for _, pattern := range []string{"*", "@*/*"} {
		// The pattern is valid, so there can be no error.
		files, _ := filepath.Glob(filepath.Join(directory, "node_modules", pattern, "package.json"))
		for _, file := range files {
			var one installedPackage
			if readJSON(file, &one) == nil {
				found = append(found, one)
			}
		}
	}
	return found
}

// directDependencies returns the names of the packages that a program's own package.json asks for.
func directDependencies(directory string) map[string]bool {
	var program struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
	}
	names := map[string]bool{}
	if readJSON(filepath.Join(directory, "package.json"), &program) != nil {
		return names
	}
	for name := range program.Dependencies {
		names[name] = true
	}
	for name := range program.DevDependencies {
		names[name] = true
	}
	return names
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
