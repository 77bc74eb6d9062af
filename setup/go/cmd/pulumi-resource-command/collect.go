package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
)

// collect reads the files below the command's directory that assetPaths and archivePaths select.
func collect(in Inputs) (*map[string]types.AssetOrArchive, *archive.Archive, error) {
	dir := "."
	if in.Dir != nil {
		dir = *in.Dir
	}

	var single *map[string]types.AssetOrArchive
	if in.AssetPaths != nil {
		files, err := find(dir, *in.AssetPaths)
		if err != nil {
			return nil, nil, fmt.Errorf("assetPaths: %w", err)
		}
		single = &map[string]types.AssetOrArchive{}
		for name, file := range files {
			(*single)[name] = types.AssetOrArchive{Asset: file}
		}
	}

	if in.ArchivePaths == nil {
		return single, nil, nil
	}
	files, err := find(dir, *in.ArchivePaths)
	if err != nil {
		return nil, nil, fmt.Errorf("archivePaths: %w", err)
	}
	members := map[string]any{}
	for name, file := range files {
		members[name] = file
	}
	together, err := archive.FromAssets(members)
	if err != nil {
		return nil, nil, fmt.Errorf("archivePaths: %w", err)
	}
	return single, together, nil
}

type rule struct {
	glob.Glob
	exclude bool
}

// find returns the files below dir that the patterns select, by their slash-separated relative paths.
func find(dir string, patterns []string) (map[string]*asset.Asset, error) {
	rules := make([]rule, len(patterns))
	for i, pattern := range patterns {
		pattern, exclude := strings.CutPrefix(pattern, "!")
		compiled, err := glob.Compile(pattern, '/')
		if err != nil {
			return nil, fmt.Errorf("%q: %w", pattern, err)
		}
		rules[i] = rule{compiled, exclude}
	}

	// Absolute, so that the state refers to the same file if a later run has another working directory.
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	files := map[string]*asset.Asset{}
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(relative)
		if !selected(rules, name) {
			return nil
		}
		// Stat follows symbolic links. Anything but a regular file, such as a socket, is skipped.
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			return err
		}
		files[name], err = asset.FromPath(path)
		return err
	})
	return files, err
}

// selected reports whether the rules select a file. The last matching rule decides.
func selected(rules []rule, name string) bool {
	chosen := false
	for _, rule := range rules {
		if rule.Match(name) {
			chosen = !rule.exclude
		}
	}
	return chosen
}
