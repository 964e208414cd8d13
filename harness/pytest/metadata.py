"""Where a recording comes from: commit, branch, CI run and job, from environment and `.git`, without a subprocess."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# For each CI: the variable that tells it, its name, and what stands where. Values are variables, or templates of them.
# Sources: the CIs' own lists of predefined variables.
_CI: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "GITHUB_ACTIONS",
        "GitHub Actions",
        {
            "run_url": "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
            "run": "{GITHUB_RUN_ID}",
            "run_attempt": "{GITHUB_RUN_ATTEMPT}",
            "job": "{GITHUB_JOB}",
            "workflow": "{GITHUB_WORKFLOW}",
            "event": "{GITHUB_EVENT_NAME}",
            "repository": "{GITHUB_REPOSITORY}",
            "commit": "{GITHUB_SHA}",
            "branch": "{GITHUB_HEAD_REF}|{GITHUB_REF_NAME}",
        },
    ),
    (
        "GITLAB_CI",
        "GitLab CI",
        {
            "run_url": "{CI_JOB_URL}",
            "run": "{CI_PIPELINE_ID}",
            "job": "{CI_JOB_NAME}",
            "repository": "{CI_PROJECT_PATH}",
            "commit": "{CI_COMMIT_SHA}",
            "branch": "{CI_MERGE_REQUEST_SOURCE_BRANCH_NAME}|{CI_COMMIT_REF_NAME}",
            "event": "{CI_PIPELINE_SOURCE}",
        },
    ),
    (
        "JENKINS_URL",
        "Jenkins",
        {
            "run_url": "{BUILD_URL}",
            "run": "{BUILD_NUMBER}",
            "job": "{JOB_NAME}",
            "commit": "{GIT_COMMIT}",
            "branch": "{CHANGE_BRANCH}|{BRANCH_NAME}|{GIT_BRANCH}",
        },
    ),
    (
        "TF_BUILD",
        "Azure Pipelines",
        {
            "run_url": "{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
            "run": "{BUILD_BUILDID}",
            "run_attempt": "{SYSTEM_JOBATTEMPT}",
            "job": "{SYSTEM_JOBDISPLAYNAME}|{AGENT_JOBNAME}",
            "repository": "{BUILD_REPOSITORY_NAME}",
            "commit": "{BUILD_SOURCEVERSION}",
            "branch": "{SYSTEM_PULLREQUEST_SOURCEBRANCH}|{BUILD_SOURCEBRANCHNAME}",
            "event": "{BUILD_REASON}",
        },
    ),
    (
        "CIRCLECI",
        "CircleCI",
        {
            "run_url": "{CIRCLE_BUILD_URL}",
            "run": "{CIRCLE_BUILD_NUM}",
            "job": "{CIRCLE_JOB}",
            "repository": "{CIRCLE_PROJECT_USERNAME}/{CIRCLE_PROJECT_REPONAME}",
            "commit": "{CIRCLE_SHA1}",
            "branch": "{CIRCLE_BRANCH}",
        },
    ),
    (
        "BUILDKITE",
        "Buildkite",
        {
            "run_url": "{BUILDKITE_BUILD_URL}#{BUILDKITE_JOB_ID}",
            "run": "{BUILDKITE_BUILD_NUMBER}",
            "run_attempt": "{BUILDKITE_RETRY_COUNT}",
            "job": "{BUILDKITE_LABEL}",
            "commit": "{BUILDKITE_COMMIT}",
            "branch": "{BUILDKITE_BRANCH}",
        },
    ),
    (
        "TEAMCITY_VERSION",
        "TeamCity",
        {
            "run": "{BUILD_NUMBER}",
            "run_url": "{BUILD_URL}",
            "job": "{TEAMCITY_BUILDCONF_NAME}",
            "commit": "{BUILD_VCS_NUMBER}",
        },
    ),
    (
        "BITBUCKET_BUILD_NUMBER",
        "Bitbucket Pipelines",
        {
            "run_url": "{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",
            "run": "{BITBUCKET_BUILD_NUMBER}",
            "repository": "{BITBUCKET_REPO_FULL_NAME}",
            "commit": "{BITBUCKET_COMMIT}",
            "branch": "{BITBUCKET_BRANCH}",
        },
    ),
    (
        "TRAVIS",
        "Travis CI",
        {
            "run_url": "{TRAVIS_JOB_WEB_URL}",
            "run": "{TRAVIS_BUILD_NUMBER}",
            "job": "{TRAVIS_JOB_NAME}",
            "repository": "{TRAVIS_REPO_SLUG}",
            "commit": "{TRAVIS_COMMIT}",
            "branch": "{TRAVIS_PULL_REQUEST_BRANCH}|{TRAVIS_BRANCH}",
        },
    ),
)  # fmt: skip
_MAX_CHARS = 500


def origin(root: Path, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return `{"git": {commit, branch}, "ci": {name, run_url, run, job, …}}`, each only where something is known."""
    ci = _ci(environment)
    git = {key: value for key in ("commit", "branch") if (value := ci.pop(key, None))}
    if not git.get("commit"):
        git = {**_git(root), **git}
    return {key: value for key, value in (("git", git), ("ci", ci)) if value}


def _ci(environment: Mapping[str, str]) -> dict[str, str]:
    for variable, name, keys in _CI:
        if environment.get(variable):
            known = {key: value for key, form in keys.items() if (value := _filled(form, environment))}
            return {"name": name, **known}
    return {"name": "CI"} if environment.get("CI") else {}


def _filled(form: str, environment: Mapping[str, str]) -> str | None:
    """Return the first alternative all of whose variables have a value."""
    for alternative in form.split("|"):
        names = [part.partition("}")[0] for part in alternative.split("{")[1:]]
        if all(environment.get(name) for name in names):
            for name in names:
                alternative = alternative.replace("{" + name + "}", environment[name])
            return alternative[:_MAX_CHARS]
    return None


def _git(root: Path) -> dict[str, str]:
    """Read HEAD of the repository that holds `root`; empty where there is none."""
    for directory in (root, *root.parents):
        found = directory / ".git"
        try:
            if found.is_file():  # a worktree or submodule: `gitdir: PATH`
                found = Path(directory, found.read_text("utf-8").removeprefix("gitdir:").strip())
            if found.is_dir():
                return _head(found)
        except (OSError, UnicodeDecodeError):
            return {}
    return {}


def _head(git: Path) -> dict[str, str]:
    head = (git / "HEAD").read_text("utf-8").strip()
    if not head.startswith("ref:"):
        return {"commit": head}
    reference = head.removeprefix("ref:").strip()
    known = {"branch": reference.removeprefix("refs/heads/")}
    common = git / "commondir"  # refs of a worktree stand in the main repository
    places = [git, Path(git, common.read_text("utf-8").strip())] if common.is_file() else [git]
    for place in places:
        if (place / reference).is_file():
            return {**known, "commit": (place / reference).read_text("utf-8").strip()}
        packed = place / "packed-refs"
        if packed.is_file():
            for line in packed.read_text("utf-8").splitlines():
                commit, _, name = line.partition(" ")
                if name == reference:
                    return {**known, "commit": commit}
    return known
