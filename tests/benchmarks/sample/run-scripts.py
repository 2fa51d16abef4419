"""Runs many scripts in one interpreter, each in a folder of its own. Reads [{directory, script}] from standard input."""
import json
import os
import sys
import traceback

sys.modules["numpy"] = None  # openpyxl starts five times faster without it
problems = {}
home = os.getcwd()
for job in json.load(sys.stdin):
    os.chdir(job["directory"])
    try:
        sys.stdout = open(os.devnull, "w")
        exec(compile(job["script"], "script", "exec"), {"__name__": "__main__"})
    except Exception:
        problems[job["directory"]] = traceback.format_exc(limit=-2)
    finally:
        sys.stdout.close()
        sys.stdout = sys.__stdout__
        os.chdir(home)
print(json.dumps(problems))
