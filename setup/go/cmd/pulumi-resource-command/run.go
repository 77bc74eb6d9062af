package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
)

// run starts a command and waits until it has exited and its output is closed. If it leaves a daemon
// behind that keeps the streams open, run waits for that as well.
func run(ctx context.Context, command string, in Inputs, previous *Results) (Results, error) {
	if err := ctx.Err(); err != nil {
		return Results{}, failure(err, command, "")
	}

	program := []string{"/bin/sh", "-c"}
	if in.Interpreter != nil && len(*in.Interpreter) > 0 {
		program = *in.Interpreter
	}
	args := append(append([]string{}, program[1:]...), command)
	cmd := exec.Command(program[0], args...)
	cmd.Env = environment(in, previous)
	// In its own process group, so that a cancellation also kills the command's children.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if in.Dir != nil {
		cmd.Dir = *in.Dir
	}
	if in.Stdin != nil {
		cmd.Stdin = strings.NewReader(*in.Stdin)
	}

	// Not the pipes of os/exec: after a cancellation, Wait would hang on a process that has left the
	// group and kept the streams open.
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return Results{}, err
	}
	defer outRead.Close()
	errRead, errWrite, err := os.Pipe()
	if err != nil {
		outWrite.Close()
		return Results{}, err
	}
	defer errRead.Close()
	cmd.Stdout, cmd.Stderr = outWrite, errWrite

	err = cmd.Start()
	outWrite.Close()
	errWrite.Close()
	if err != nil {
		return Results{}, failure(err, command, "")
	}

	stop := context.AfterFunc(ctx, func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		// Time to read what the killed processes have already written.
		grace := time.Now().Add(time.Second)
		_ = outRead.SetReadDeadline(grace)
		_ = errRead.SetReadDeadline(grace)
	})
	defer stop()

	var stdout, stderr bytes.Buffer
	var readers sync.WaitGroup
	logOut, logErr := loggers(ctx, in.Logging)
	readers.Go(func() { copyLines(outRead, &stdout, logOut) })
	readers.Go(func() { copyLines(errRead, &stderr, logErr) })
	readers.Wait()
	err = cmd.Wait()
	if cancelled := ctx.Err(); cancelled != nil {
		err = cancelled
	}
	if err != nil {
		return Results{}, failure(err, command, stdout.String()+stderr.String())
	}
	return Results{Stdout: trim(stdout.String()), Stderr: trim(stderr.String())}, nil
}

// environment returns the plugin's environment, the user's additions and the output of the last run.
func environment(in Inputs, previous *Results) []string {
	env := os.Environ()
	if in.Environment != nil {
		for name, value := range *in.Environment {
			env = append(env, name+"="+value)
		}
	}
	if previous == nil || (in.AddPreviousOutputInEnv != nil && !*in.AddPreviousOutputInEnv) {
		return env
	}
	if previous.Stdout != "" {
		env = append(env, "PULUMI_COMMAND_STDOUT="+previous.Stdout)
	}
	if previous.Stderr != "" {
		env = append(env, "PULUMI_COMMAND_STDERR="+previous.Stderr)
	}
	return env
}

// loggers returns the functions that show a line of stdout and stderr to the user; nil shows nothing.
func loggers(ctx context.Context, logging *Logging) (func(string), func(string)) {
	show := p.GetLogger(ctx).Info
	if logging == nil {
		return show, show
	}
	switch *logging {
	case "none":
		return nil, nil
	case "stdout":
		return show, nil
	case "stderr":
		return nil, show
	default:
		return show, show
	}
}

func copyLines(from io.Reader, own *bytes.Buffer, show func(string)) {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			own.WriteString(line)
			if show != nil {
				show(trim(line))
			}
		}
		if err != nil {
			return
		}
	}
}

func failure(err error, command, output string) error {
	return fmt.Errorf("%w: running %q:\n%s", err, command, trim(output))
}

// trim removes one trailing newline only: the others belong to the output.
func trim(s string) string {
	return strings.TrimSuffix(s, "\n")
}
