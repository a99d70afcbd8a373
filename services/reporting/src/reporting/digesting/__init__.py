"""Once a day it is told what whoever took all the aggregates holds, so that they can compare."""
